import { ConfigError } from '@halfrate/core'

/** What a row of usage can say; the names by which `--map` calls it. */
export const USAGE_FIELDS = [
  'at',
  'feature',
  'model',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'web_searches',
  'cost_usd',
  'calls',
  'latency_ms',
  'latency_s',
  'status',
  'error_type',
  'service_tier',
  'inference_geo',
  'speed',
  'stop_reason',
  'streamed',
  'awaited',
  'needed_within_ms',
  'needed_within_s',
] as const

/** One of {@link USAGE_FIELDS}. */
export type UsageField = (typeof USAGE_FIELDS)[number]

// Where the provider's own objects may stand in a row: as it is, under a name, in a line of a results file.
const MESSAGES = ['', 'message.', 'response.', 'result.message.'] as const
const USAGES = ['', ...MESSAGES.map((place) => `${place}usage.`)] as const

// Names that are taken without being told, the surest first. What counts cached tokens as input is not among them.
const NAMES: Readonly<Record<UsageField, readonly string[]>> = {
  at: ['at', 'timestamp', 'created_at', 'started_at', 'datetime', 'time', 'date', 'ts'],
  feature: [
    'feature',
    'queue',
    'label',
    'use_case',
    'task',
    'operation',
    'endpoint',
    'route',
    'name',
  ],
  model: [...under(MESSAGES, ['model']), 'model_name', 'model_id'],
  input_tokens: under(USAGES, ['input_tokens', 'uncached_input_tokens']),
  output_tokens: under(USAGES, ['output_tokens']),
  cache_read_tokens: under(USAGES, ['cache_read_input_tokens', 'cache_read_tokens']),
  cache_write_tokens: under(USAGES, ['cache_creation_input_tokens', 'cache_write_tokens']),
  cache_write_5m_tokens: under(USAGES, [
    'cache_creation.ephemeral_5m_input_tokens',
    'ephemeral_5m_input_tokens',
    'cache_write_5m_tokens',
  ]),
  cache_write_1h_tokens: under(USAGES, [
    'cache_creation.ephemeral_1h_input_tokens',
    'ephemeral_1h_input_tokens',
    'cache_write_1h_tokens',
  ]),
  web_searches: under(USAGES, [
    'server_tool_use.web_search_requests',
    'web_search_requests',
    'web_searches',
  ]),
  cost_usd: ['cost_usd', 'usd', 'cost'],
  calls: ['calls', 'requests', 'request_count'],
  latency_ms: ['latency_ms', 'duration_ms', 'elapsed_ms', 'response_time_ms'],
  latency_s: ['latency_s', 'duration_s', 'latency_seconds', 'duration_seconds'],
  status: ['status', 'status_code', 'http_status'],
  error_type: ['error_type'],
  service_tier: under(USAGES, ['service_tier']),
  inference_geo: under(USAGES, ['inference_geo']),
  speed: under(USAGES, ['speed']),
  stop_reason: under(MESSAGES, ['stop_reason']),
  streamed: ['streamed', 'stream', 'streaming', 'is_streamed', 'params.stream', 'request.stream'],
  awaited: ['awaited', 'user_waiting', 'is_awaited', 'interactive'],
  needed_within_ms: ['needed_within_ms', 'deadline_ms'],
  needed_within_s: ['needed_within_s', 'deadline_s'],
}

/** How the names in an input become fields. */
export interface FieldNames {
  /** The field of a name, and how sure that is: of several names for a field the lowest rank counts. */
  readonly find: (name: string) => { readonly field: UsageField; readonly rank: number } | null
  /** Whether names that begin with this one and a dot are looked for. */
  readonly isAbove: (name: string) => boolean
  /** Names that the caller gave, by their fields. */
  readonly mapped: ReadonlyMap<UsageField, string>
}

/**
 * Reads `--map`: `field=name` with commas between them; a dot leads into an object, as in `input_tokens=usage.in`.
 *
 * A field that is named so is read from there alone. Other names are compared without regard to case and to how words
 * are joined.
 *
 * @throws {ConfigError} when it is not that, names a field twice, or one that there is not.
 */
export function fieldNames(map: string | undefined): FieldNames {
  const mapped = new Map<UsageField, string>()
  for (const part of (map ?? '').split(',')) {
    if (part.trim() === '' && map === undefined) continue
    const [field, name] = pairOf(part)
    if (mapped.has(field)) throw wrongMap(part, `${field} once`)
    mapped.set(field, name)
  }
  const asked = new Map([...mapped].map(([field, name]) => [name, { field, rank: -1 }]))
  const usual = new Map<string, { readonly field: UsageField; readonly rank: number }>()
  for (const field of USAGE_FIELDS) {
    if (mapped.has(field)) continue
    for (const [rank, name] of NAMES[field].entries()) usual.set(name, { field, rank })
  }
  const above = new Set([...usual.keys()].flatMap(placesAbove))
  const aboveAsked = new Set([...asked.keys()].flatMap(placesAbove))
  const normal = normalizer()
  return {
    find: (name) => asked.get(name) ?? usual.get(normal(name)) ?? null,
    isAbove: (name) => aboveAsked.has(name) || above.has(normal(name)),
    mapped,
  }
}

function pairOf(part: string): readonly [UsageField, string] {
  const at = part.indexOf('=')
  const field = part.slice(0, at).trim()
  const name = part.slice(at + 1).trim()
  if (at < 1 || name === '') throw wrongMap(part, 'field=name')
  const known = USAGE_FIELDS.find((each) => each === field)
  if (known === undefined) throw wrongMap(part, `one of ${USAGE_FIELDS.join(', ')}`)
  return [known, name]
}

function wrongMap(part: string, expected: string): ConfigError {
  return new ConfigError(
    `--map: expected ${expected}, got ${JSON.stringify(part.trim())}.`,
    'Write it as in: --map model=model_name,input_tokens=tokens_in',
  )
}

function under(places: readonly string[], names: readonly string[]): readonly string[] {
  return places.flatMap((place) => names.map((name) => `${place}${name}`))
}

function placesAbove(name: string): readonly string[] {
  const parts = name.split('.')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'))
}

const MOST_REMEMBERED = 10_000

// `inputTokens`, `Input Tokens` and `input-tokens` are `input_tokens`.
function normalizer(): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const normal = name
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[\s-]+/g, '_')
      .toLowerCase()
    if (known.size < MOST_REMEMBERED) known.set(name, normal)
    return normal
  }
}
