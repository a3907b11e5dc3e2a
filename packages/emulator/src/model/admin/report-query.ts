const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How long buckets are, and how many a page has. Source: reference of the usage report, August 2026. */
const WIDTHS: Readonly<Record<string, { ms: number; usual: number; most: number }>> = {
  '1m': { ms: MINUTE_MS, usual: 60, most: 1_440 },
  '1h': { ms: HOUR_MS, usual: 24, most: 168 },
  '1d': { ms: DAY_MS, usual: 7, most: 31 },
}

const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/
const PAGE = /^page_([A-Za-z0-9+/]+={0,2})$/

/** What a report may be asked for. */
export interface ReportRules {
  /** Bucket widths, such as `1d`. */
  readonly widths: readonly string[]
  /** Names to group by. */
  readonly groups: readonly string[]
  /** Filters, and their values; null for any text. */
  readonly filters: Readonly<Record<string, readonly string[] | null>>
  /** Filters of the provider that the emulator has nothing to judge by. */
  readonly unknownFilters: readonly string[]
}

/** Which buckets a call is for, and how it groups and filters. */
export interface ReportQuery {
  readonly widthMs: number
  /** Start of the first bucket of the page. Epoch milliseconds. */
  readonly fromAt: number
  /** The end of the last bucket of all pages is not later. Epoch milliseconds. */
  readonly untilAt: number
  readonly limit: number
  readonly groupBy: ReadonlySet<string>
  /** By the name of the filter without brackets; only those that were given. */
  readonly filters: ReadonlyMap<string, ReadonlySet<string>>
}

/** A call that is wrong, in the words of its 400. */
export interface WrongQuery {
  readonly wrong: string
}

/**
 * Reads the query of a report.
 *
 * Documented: the parameters, snapping to the start of the bucket in UTC, limits by width, and the look of a page's token
 * (base64 of the instant at which the page begins). Assumed: the texts of a 400; a bucket that ends exactly at `ending_at` is
 * in; without `ending_at` the bucket of now is the last, and later ones never come.
 */
export function readReportQuery(
  query: URLSearchParams,
  rules: ReportRules,
  now: number,
): ReportQuery | WrongQuery {
  const width = WIDTHS[query.get('bucket_width') ?? '1d']
  if (width === undefined || !rules.widths.includes(query.get('bucket_width') ?? '1d')) {
    return { wrong: `bucket_width: Input should be ${orList(rules.widths)}` }
  }
  const startingAt = instantOf(query.get('starting_at'))
  if (startingAt === undefined) return { wrong: 'starting_at: Field required' }
  const endingAt = instantOf(query.get('ending_at'))
  for (const [name, at] of Object.entries({ starting_at: startingAt, ending_at: endingAt })) {
    if (at === null) return { wrong: `${name}: Input should be a valid datetime with a timezone` }
  }
  const last = floorTo(now, width.ms) + width.ms
  const untilAt = Math.min(endingAt ?? last, last)
  if (endingAt !== undefined && (endingAt ?? 0) <= (startingAt ?? 0)) {
    return { wrong: 'ending_at: must be after starting_at' }
  }
  const limit = Number(query.get('limit') ?? width.usual)
  if (!Number.isInteger(limit) || limit < 1 || limit > width.most) {
    return { wrong: `limit: Input should be a whole number from 1 to ${width.most}` }
  }
  const choices = choicesOf(query, rules)
  if ('wrong' in choices) return choices
  const fromAt = pageStart(query.get('page'), floorTo(startingAt ?? 0, width.ms), width.ms)
  if (fromAt === null) return { wrong: 'page: Invalid page token' }
  return { widthMs: width.ms, fromAt, untilAt, limit, ...choices }
}

/** The token of the page that begins at an instant. */
export function pageToken(at: number): string {
  return `page_${btoa(secondsText(at))}`
}

/** An instant in whole seconds, as reports show it. */
export function secondsText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function choicesOf(
  query: URLSearchParams,
  rules: ReportRules,
): Pick<ReportQuery, 'groupBy' | 'filters'> | WrongQuery {
  for (const name of rules.unknownFilters) {
    if (valuesOf(query, name).length > 0)
      return { wrong: `${name}: the emulator can't filter by it` }
  }
  const groupBy = valuesOf(query, 'group_by')
  if (!groupBy.every((name) => rules.groups.includes(name))) {
    return { wrong: `group_by: Input should be ${orList(rules.groups)}` }
  }
  const filters = new Map<string, ReadonlySet<string>>()
  for (const [name, allowed] of Object.entries(rules.filters)) {
    const values = valuesOf(query, name)
    if (values.length === 0) continue
    if (allowed !== null && !values.every((value) => allowed.includes(value))) {
      return { wrong: `${name}: Input should be ${orList(allowed)}` }
    }
    filters.set(name, new Set(values))
  }
  return { groupBy: new Set(groupBy), filters }
}

// Lists are written with brackets in the provider's examples; without them they are taken too.
function valuesOf(query: URLSearchParams, name: string): readonly string[] {
  return [...query.getAll(`${name}[]`), ...query.getAll(name)]
}

function instantOf(text: string | null): number | null | undefined {
  if (text === null) return undefined
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : at
}

function pageStart(token: string | null, first: number, widthMs: number): number | null {
  if (token === null) return first
  const encoded = PAGE.exec(token)?.[1]
  if (encoded === undefined || encoded.length % 4 !== 0) return null
  const at = instantOf(atob(encoded)) ?? null
  return at === null || at < first || (at - first) % widthMs !== 0 ? null : at
}

function floorTo(at: number, widthMs: number): number {
  return Math.floor(at / widthMs) * widthMs
}

function orList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' or ')
}
