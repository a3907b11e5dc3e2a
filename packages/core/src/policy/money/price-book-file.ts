import { z } from 'zod'
import { ConfigError } from '../../errors.js'
import { type PriceBook, priceBookOf } from './price-book.js'
import {
  bookSchema,
  type FileRates,
  type FileRow,
  metaSchema,
  picoOf,
} from './price-file-schema.js'
import type { PriceRow, TokenRates } from './price-row.js'

const NEXT_STEP = 'Correct the price file; nothing was sent.'
const META = '_meta'
const MOST_PROBLEMS = 5
const OFFERS_US = { major: 4, minor: 6 }

/**
 * Reads a price file: one JSON object, a member per model id, prices in USD per million tokens as price lists print
 * them (at most six decimals), null for unknown.
 *
 * A row must have `input`, `output`, `cache_write_5m`, `cache_write_1h`, `cache_read` and `source`. It may have `alias`
 * (a name or several), `tier` (`threshold_prompt_tokens`, and the rates `above` it), `cache_read_history` (`from`,
 * `cache_read`, oldest first), `context`, `max_output`, `released`, `status` (a day after "retired" or "retires" in it
 * counts), `confidence`, and `us_inference` (whether it can be told to run in the US at a tenth more; for Claude 4.6
 * and later by itself). `batch_…` prices may stand there, but must be half, since batch is booked at half. Other
 * members are ignored, `_meta.compiled` is the day on which the list was read.
 *
 * `file` is the name that errors give. Use the book as it is, or add it to another with `extendPriceBook`.
 *
 * @throws {ConfigError} when it is not that; the message names up to five places.
 */
export function parsePriceBook(text: string, file: string): PriceBook {
  const { [META]: meta, ...rows } = objectIn(text, file)
  const { compiled } = parsed(metaSchema, meta, `${file}: ${META}`) ?? {}
  const book = parsed(bookSchema, rows, file)
  return priceBookOf({
    readOn: compiled ?? null,
    rows: Object.entries(book).map(([id, row]) => rowOf(id, row)),
  })
}

function objectIn(text: string, file: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ConfigError(`${file}: expected JSON, got something else.`, NEXT_STEP, { cause })
  }
  return parsed(z.record(z.string(), z.unknown()), value, file)
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues
    .slice(0, MOST_PROBLEMS)
    .map((issue) => `${[where, ...issue.path].join(': ')}: ${issue.message}`)
  throw new ConfigError(problems.join('\n'), NEXT_STEP)
}

function rowOf(id: string, row: FileRow): PriceRow {
  const { alias = [], tier } = row
  return {
    id,
    aliases: typeof alias === 'string' ? [alias] : alias,
    rates: ratesOf(row),
    above: tier ? { promptTokens: tier.threshold_prompt_tokens, rates: ratesOf(tier.above) } : null,
    cacheReadChanges: changesOf(row),
    hasUsGeo: row.us_inference ?? isVersionWithUs(id),
    contextTokens: row.context ?? null,
    maxOutputTokens: row.max_output ?? null,
    releasedOn: row.released ?? null,
    retiresOn: /\bretire[sd] (\d{4}-\d{2}-\d{2})/.exec(row.status ?? '')?.[1] ?? null,
    source: row.source,
    confidence: row.confidence ?? null,
  }
}

function ratesOf(file: FileRates): TokenRates {
  return {
    input: file.input === null ? null : picoOf(file.input),
    output: file.output === null ? null : picoOf(file.output),
    cacheWrite5m: file.cache_write_5m === null ? null : picoOf(file.cache_write_5m),
    cacheWrite1h: file.cache_write_1h === null ? null : picoOf(file.cache_write_1h),
    cacheRead: file.cache_read === null ? null : picoOf(file.cache_read),
  }
}

function changesOf(row: FileRow): PriceRow['cacheReadChanges'] {
  const changes = (row.cache_read_history ?? []).map(({ from, cache_read }) => ({
    from,
    cacheRead: picoOf(cache_read),
  }))
  return changes.sort((a, b) => (a.from < b.from ? -1 : 1))
}

// claude-opus-4-6, claude-fable-5, claude-opus-4-5-20251101; not claude-3-5-haiku-20241022.
function isVersionWithUs(id: string): boolean {
  const [, major, minor = '0'] =
    /^claude-[a-z]+-(\d{1,2})(?:-(\d{1,2}))?(?:-\d{8})?$/.exec(id) ?? []
  if (major === undefined) return false
  const isLater = Number(major) > OFFERS_US.major
  return isLater || (Number(major) === OFFERS_US.major && Number(minor) >= OFFERS_US.minor)
}
