import { z } from 'zod'

const PICO_PER_TOKEN = 1_000_000

const rate = z
  .number()
  .min(0)
  .max(1_000_000)
  .refine((usd) => picoOf(usd) / PICO_PER_TOKEN === usd, 'expected at most six decimals')
  .nullable()
const tokens = z.number().int().min(1).nullish()
const day = z.iso.date()
const rates = {
  input: rate,
  output: rate,
  cache_write_5m: rate,
  cache_write_1h: rate,
  cache_read: rate,
}
const halves = {
  batch_input: rate.optional(),
  batch_output: rate.optional(),
  batch_cache_write_5m: rate.optional(),
  batch_cache_write_1h: rate.optional(),
  batch_cache_read: rate.optional(),
}
const ratesSchema = z.looseObject({ ...rates, ...halves }).check(checkHalves)
const change = z.looseObject({ from: day, cache_read: rate.unwrap() })
const rowSchema = z
  .looseObject({
    ...rates,
    ...halves,
    alias: z.union([z.string().min(1), z.array(z.string().min(1))]).optional(),
    tier: z
      .looseObject({ threshold_prompt_tokens: z.number().int().min(1), above: ratesSchema })
      .nullish(),
    cache_read_history: z.array(change).optional(),
    us_inference: z.boolean().optional(),
    context: tokens,
    max_output: tokens,
    released: day.nullish(),
    status: z.string().nullish(),
    source: z.string().min(1),
    confidence: z.string().nullish(),
  })
  .check(checkHalves)
  .check(checkHistory)

/** Rates as a price file writes them: USD per million tokens, null for unknown. */
export interface FileRates {
  readonly input: number | null
  readonly output: number | null
  readonly cache_write_5m: number | null
  readonly cache_write_1h: number | null
  readonly cache_read: number | null
}

/** A row as a price file writes it; `parsePriceBook` says what its members mean. */
export interface FileRow extends FileRates {
  readonly alias?: string | readonly string[] | undefined
  readonly tier?:
    | { readonly threshold_prompt_tokens: number; readonly above: FileRates }
    | null
    | undefined
  readonly cache_read_history?:
    | readonly { readonly from: string; readonly cache_read: number }[]
    | undefined
  readonly us_inference?: boolean | undefined
  readonly context?: number | null | undefined
  readonly max_output?: number | null | undefined
  readonly released?: string | null | undefined
  readonly status?: string | null | undefined
  readonly source: string
  readonly confidence?: string | null | undefined
}

/** Rows by model id. */
export const bookSchema: z.ZodType<Record<string, FileRow>> = z.record(z.string().min(1), rowSchema)

/** What a price file says about itself. */
export const metaSchema: z.ZodType<{ compiled?: string | null | undefined } | undefined> = z
  .looseObject({ compiled: day.nullish() })
  .optional()

/** Pico-dollars per token of a price in dollars per million tokens, which is one in micro-dollars per token. */
export function picoOf(usdPerMillion: number): number {
  return Math.round(usdPerMillion * PICO_PER_TOKEN)
}

function checkHalves(context: z.core.ParsePayload<Record<string, unknown>>): void {
  for (const name of Object.keys(rates)) {
    const [full, half] = [context.value[name], context.value[`batch_${name}`]]
    if (half === undefined || (half === null && full === null)) continue
    if (typeof full === 'number' && typeof half === 'number' && half * 2 === full) continue
    context.issues.push({
      code: 'custom',
      input: half,
      path: [`batch_${name}`],
      message: `expected half of ${name}, which batches are booked at, got ${String(half)}`,
    })
  }
}

// A row that disagrees with its own history would be booked at one price and shown at another.
function checkHistory(
  context: z.core.ParsePayload<Pick<FileRow, 'cache_read' | 'cache_read_history'>>,
): void {
  const { cache_read, cache_read_history: history = [] } = context.value
  const newest = history.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1)
  if (newest === undefined || newest.cache_read === cache_read) return
  context.issues.push({
    code: 'custom',
    input: newest.cache_read,
    path: ['cache_read_history'],
    message: `expected its newest price to be cache_read, got ${newest.cache_read}`,
  })
}
