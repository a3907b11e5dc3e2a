import { z } from 'zod'
import type { FileRow, FileTool } from './price-file-row.js'
import { checkFeeHistory, checkHalves, checkHistory, checkRateHistory } from './price-file-rules.js'
import { picoOf, picoOfFee } from './price-unit.js'

const PICO_PER_TOKEN = 1_000_000
const NANO_PER_USD = 1_000_000_000
const PICO_PER_NANO = 1_000

const rate = z
  .number()
  .min(0)
  .max(1_000_000)
  .refine((usd) => picoOf(usd) / PICO_PER_TOKEN === usd, 'expected at most six decimals')
  .nullable()
const tokens = z.number().int().min(1).nullish()
const day = z.iso.date({ error: 'expected a day such as 2026-11-21' })
const rates = {
  input: rate.describe('Tokens of the prompt that no cache is asked for.'),
  output: rate.describe('Tokens of the answer, thinking included.'),
  cache_write_5m: rate.describe('Tokens written to the five-minute cache.'),
  cache_write_1h: rate.describe('Tokens written to the one-hour cache.'),
  cache_read: rate.describe('Tokens read from a cache.'),
}
const halves = {
  batch_input: rate.optional(),
  batch_output: rate.optional(),
  batch_cache_write_5m: rate.optional(),
  batch_cache_write_1h: rate.optional(),
  batch_cache_read: rate.optional(),
}
const ratesSchema = z.looseObject({ ...rates, ...halves }).check(checkHalves)
const tier = z
  .looseObject({ threshold_prompt_tokens: z.number().int().min(1), above: ratesSchema })
  .nullish()
  .describe('The dearer price of every token of a request whose whole prompt is longer.')
const cacheReadChange = z.looseObject({ from: day, cache_read: rate.unwrap() })
const change = z.looseObject({ from: day, ...rates, ...halves, tier }).check(checkHalves)
const name = z.string().min(1)
const rowSchema = z
  .looseObject({
    ...rates,
    ...halves,
    alias: z
      .union([name, z.array(name)], { error: 'expected a name, or a list of names' })
      .optional()
      .describe('Other names of the model.'),
    tier,
    history: z
      .array(change)
      .optional()
      .describe('What it cost from which day on (UTC), the newest as the row says.'),
    cache_read_history: z
      .array(cacheReadChange)
      .optional()
      .describe('The same where only cache reads changed.'),
    us_inference: z
      .boolean()
      .optional()
      .describe('Whether it can be told to run in the US, at a tenth more.'),
    context: tokens.describe('Most tokens of prompt and answer together.'),
    max_output: tokens,
    released: day.nullish(),
    status: z
      .string()
      .nullish()
      .describe('A day after "retired" or "retires" in it is the day of its end.'),
    source: z.string().min(1).describe('Where the prices were read, and when.'),
    confidence: z.string().nullish(),
  })
  .check(checkHalves)
  .check(checkHistory)
  .check(checkRateHistory)

const fee = z
  .number()
  .min(0)
  .max(1_000)
  .refine(
    (usd) => Math.round(picoOfFee(usd) / PICO_PER_NANO) / NANO_PER_USD === usd,
    'expected at most nine decimals',
  )
  .nullable()
const fees = {
  usd: fee.describe('For each use in real time, in USD.'),
  batch_usd: fee.optional().describe('In batch; the same where it is left out.'),
}
const toolSchema = z
  .looseObject({
    ...fees,
    history: z
      .array(z.looseObject({ from: day, ...fees }))
      .optional()
      .describe('What it cost from which day on (UTC), the newest as the tool says.'),
    source: z.string().min(1).describe('Where the fee was read, and when.'),
  })
  .check(checkFeeHistory)
const tools = z.record(z.string().min(1), toolSchema)

/** Members of a price file that are no row. */
export const NO_ROWS = ['$schema', '_meta', '_tools'] as const

/** Fees of tools by the name that the provider's `usage` counts them under. */
export const toolsSchema: z.ZodType<Record<string, FileTool> | undefined> = tools.optional()

/** The names that a tool of a price file may have; others are not read. */
export const TOOL_MEMBERS: readonly string[] = Object.keys(toolSchema.shape)

/** Rows by model id. */
export const bookSchema: z.ZodType<Record<string, FileRow>> = z.record(z.string().min(1), rowSchema)

const meta = z
  .looseObject({ compiled: day.nullish().describe('The day on which the prices were read.') })
  .optional()

/** What a price file says about itself. */
export const metaSchema: z.ZodType<{ compiled?: string | null | undefined } | undefined> = meta

/** The names that the row of a price file, and a tier of it, may have; others are not read. */
export const ROW_MEMBERS: readonly string[] = Object.keys(rowSchema.shape)

/** The shape of a price file as JSON Schema (draft 2020-12), for editors. It lacks what only `readPriceFile` checks. */
export function priceFileJsonSchema(): object {
  const file = z
    .looseObject({
      $schema: z.string().optional(),
      _meta: meta,
      _tools: tools
        .optional()
        .describe('Fees of server tools by their names in usage, such as web_search_requests.'),
    })
    .catchall(rowSchema)
    .meta({
      title: 'Price file of Halfrate',
      description:
        'Prices by model id, in USD per million tokens in real time, at most six decimals, null for unknown. In batch every token costs half.',
    })
  return z.toJSONSchema(file, { target: 'draft-2020-12' })
}
