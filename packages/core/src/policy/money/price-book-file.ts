import type { z } from 'zod'
import { ConfigError } from '../../errors.js'
import { type PriceBook, priceBookOf, withTools } from './price-book.js'
import { odditiesOf, toolOdditiesOf } from './price-file-oddities.js'
import { type PriceFileFault, PriceFilePlaces } from './price-file-places.js'
import type { FileFee, FilePrices, FileRates, FileRow, FileTool } from './price-file-row.js'
import { batchFeeOf } from './price-file-rules.js'
import { bookSchema, metaSchema, NO_ROWS, toolsSchema } from './price-file-schema.js'
import type { DatedRates, PriceRow, TokenRates } from './price-row.js'
import { picoOf, picoOfFee } from './price-unit.js'
import { TOOL_PRICES, type ToolPrice, type ToolRates } from './tool-price.js'

const NEXT_STEP = 'Correct the price file; nothing was sent.'
const MOST_PROBLEMS = 5
const OFFERS_US = { major: 4, minor: 6 }

/** What a price file says, or why it can't be used. */
export interface PriceFile {
  /** Null when there are faults. */
  readonly book: PriceBook | null
  /** What makes it unusable, in the order of its lines. */
  readonly faults: readonly PriceFileFault[]
  /** What may be a slip in a file that can be used: names that are not read, prices of another unit. */
  readonly oddities: readonly PriceFileFault[]
}

/**
 * Reads a price file: one JSON object, a member per model id, prices in USD per million tokens as price lists print
 * them (at most six decimals), null for unknown.
 *
 * A row must have `input`, `output`, `cache_write_5m`, `cache_write_1h`, `cache_read` and `source`. It may have `alias`
 * (a name or several, which no other row of the file may have), `tier` (`threshold_prompt_tokens`, and the rates `above`
 * it), `history` (rows of prices and their `tier`, each with the day `from` which they held, in UTC) or, where only these
 * changed, `cache_read_history` (`from`, `cache_read`), `context`, `max_output`, `released`, `status` (a day after
 * "retired" or "retires" in it counts), `confidence`, and `us_inference` (whether it can be told to run in the US at a
 * tenth more; for Claude 4.6 and later by itself). `batch_…` prices may stand there, but must be half, since batch is
 * booked at half. Other members are ignored; `_meta.compiled` is the day on which the list was read.
 *
 * `_tools` has the fees of the provider's tools by the names of its `usage`: `usd` for each use (at most nine decimals, null for
 * unknown), `batch_usd` where a batch costs another, `history` (`from`, `usd`, `batch_usd`) and `source`. Tools that it does
 * not name keep the built-in fees.
 *
 * `price-file.schema.json` in this package has all of it that JSON Schema can say.
 */
export function readPriceFile(given: string): PriceFile {
  const text = given.replace(/^\uFEFF/, '')
  const places = new PriceFilePlaces(text)
  const broken = places.fault()
  if (broken !== null) return { book: null, faults: [broken], oddities: [] }
  const file = JSON.parse(text) as Readonly<Record<string, unknown>>
  const none: readonly string[] = NO_ROWS
  const rows = Object.fromEntries(Object.entries(file).filter(([id]) => !none.includes(id)))
  const meta = metaSchema.safeParse(file._meta)
  const book = bookSchema.safeParse(rows)
  const tools = toolsSchema.safeParse(file._tools)
  const found = [
    ...issuesOf(meta, ['_meta']),
    ...issuesOf(tools, ['_tools']),
    ...issuesOf(book, []),
  ]
  if (book.success) found.push(...sharedNames(book.data))
  const placed = (each: Found): PriceFileFault => ({
    line: places.lineOf(each.path),
    path: each.path.map(String),
    problem: each.problem,
  })
  const inOrder = (all: readonly Found[]): readonly PriceFileFault[] =>
    all.map(placed).sort((a, b) => a.line - b.line)
  if (found.length > 0 || !meta.success || !book.success || !tools.success) {
    return { book: null, faults: inOrder(found), oddities: [] }
  }
  const entries = Object.entries(book.data)
  const toolEntries = Object.entries(tools.data ?? {})
  return {
    book: priceBookOf({
      readOn: meta.data?.compiled ?? null,
      rows: entries.map(([id, row]) => rowOf(id, row)),
      tools: withTools(
        TOOL_PRICES,
        toolEntries.map(([name, tool]) => toolOf(name, tool)),
      ),
    }),
    faults: [],
    oddities: inOrder([
      ...entries.flatMap(([id, row]) => odditiesOf(id, row)),
      ...toolEntries.flatMap(([name, tool]) => toolOdditiesOf(name, tool)),
    ]),
  }
}

/**
 * {@link readPriceFile} for whoever needs the book or an error. `file` is the name that errors give. Use the book as it is, or
 * add it to another with `extendPriceBook`.
 *
 * @throws {ConfigError} when it can't be used; the message names up to five places.
 */
export function parsePriceBook(text: string, file: string): PriceBook {
  const { book, faults } = readPriceFile(text)
  if (book !== null) return book
  const lines = faults.slice(0, MOST_PROBLEMS).map((fault) => priceFaultText(fault, file))
  throw new ConfigError(lines.join('\n'), NEXT_STEP)
}

/** A fault in one line: `prices.json:12: claude-opus-5: input: expected number, got string`. */
export function priceFaultText({ line, path, problem }: PriceFileFault, file: string): string {
  return [`${file}:${line}`, ...path, problem].join(': ')
}

interface Found {
  readonly path: readonly PropertyKey[]
  readonly problem: string
}

function issuesOf(result: z.ZodSafeParseResult<unknown>, way: readonly string[]): Found[] {
  if (result.success) return []
  return result.error.issues.map(({ path, message }) => ({
    path: [...way, ...path],
    problem: message
      .replace(/^Invalid input: expected (.+), received (.+)$/, 'expected $1, got $2')
      .replace(/, got undefined$/, ', got nothing'),
  }))
}

// Of two rows with one name only one can be meant, and which one would be chance.
function sharedNames(rows: Readonly<Record<string, FileRow>>): readonly Found[] {
  const owners = new Map(Object.keys(rows).map((id) => [id, id]))
  const found: Found[] = []
  for (const [id, row] of Object.entries(rows)) {
    for (const alias of aliasesOf(row)) {
      const owner = owners.get(alias)
      if (owner === undefined) owners.set(alias, id)
      else found.push({ path: [id, 'alias'], problem: takenText(alias, owner, id) })
    }
  }
  return found
}

function takenText(alias: string, owner: string, id: string): string {
  const who = owner === id ? 'this row has already' : `${owner} has`
  return `expected a name of no other row, got ${alias}, which ${who}`
}

function aliasesOf({ alias = [] }: FileRow): readonly string[] {
  return typeof alias === 'string' ? [alias] : alias
}

function rowOf(id: string, row: FileRow): PriceRow {
  return {
    id,
    aliases: aliasesOf(row),
    ...pricesOf(row),
    changes: changesOf(row),
    hasUsGeo: row.us_inference ?? isVersionWithUs(id),
    contextTokens: row.context ?? null,
    maxOutputTokens: row.max_output ?? null,
    releasedOn: row.released ?? null,
    retiresOn: /\bretire[sd] (\d{4}-\d{2}-\d{2})/.exec(row.status ?? '')?.[1] ?? null,
    source: row.source,
    confidence: row.confidence ?? null,
  }
}

function toolOf(name: string, tool: FileTool): ToolPrice {
  const changes = (tool.history ?? []).map((change) => ({ from: change.from, ...feeOf(change) }))
  return {
    name,
    ...feeOf(tool),
    changes: changes.sort((a, b) => (a.from < b.from ? -1 : 1)),
    source: tool.source,
  }
}

function feeOf(fee: FileFee): ToolRates {
  const pico = (usd: number | null): number | null => (usd === null ? null : picoOfFee(usd))
  return { realtime: pico(fee.usd), batch: pico(batchFeeOf(fee)) }
}

function pricesOf(prices: FilePrices): DatedRates {
  const { tier } = prices
  const above = tier
    ? { promptTokens: tier.threshold_prompt_tokens, rates: ratesOf(tier.above) }
    : null
  return { rates: ratesOf(prices), above }
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

function changesOf(row: FileRow): PriceRow['changes'] {
  const reads = (row.cache_read_history ?? []).map((change) => ({ ...row, ...change }))
  const changes = [...(row.history ?? []), ...reads].map((change) => ({
    from: change.from,
    ...pricesOf(change),
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
