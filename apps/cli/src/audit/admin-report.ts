import { type CostClass, type UsageRecord, usageRecord } from '@halfrate/core/audit'
import { costOfValue, instantOf, isNothing, UnreadableValue, wholeOf } from './usage-values.js'

/** What an input is: rows of single calls, or a page of one of the provider's two reports. */
export type UsageKind = 'log' | 'usage_report' | 'cost_report'

/** One line of a report, or why it can't be read. */
export type ReportLine = UsageRecord | string

/** A page of a report. */
export interface ReportPage {
  /** Null for a page without a single line. */
  readonly kind: Exclude<UsageKind, 'log'> | null
  readonly lines: readonly ReportLine[]
  /** Whether the report goes on with a page that is not in it. */
  readonly hasMore: boolean
}

type Json = Readonly<Record<string, unknown>>

const NANO_PER_CENT = 10_000_000n
const CLASSES: Readonly<Record<string, CostClass>> = {
  uncached_input_tokens: 'input',
  output_tokens: 'output',
  cache_read_input_tokens: 'cacheRead',
  'cache_creation.ephemeral_5m_input_tokens': 'cacheWrite5m',
  'cache_creation.ephemeral_1h_input_tokens': 'cacheWrite1h',
}

/**
 * Reads a page of the Admin API's usage report or cost report; null for what is neither.
 *
 * Source: shapes as in the provider's Admin API, fact sheet section 11, 2026-11-21 (documents of August 2026).
 */
export function readReportPage(value: Json): ReportPage | null {
  const buckets = value.data
  if (!Array.isArray(buckets)) return null
  const isReport = buckets.every((bucket) => Array.isArray(objectOf(bucket)?.results))
  if (!isReport) return null
  const lines: ReportLine[] = []
  let kind: ReportPage['kind'] = null
  for (const bucket of buckets as readonly Json[]) {
    for (const result of bucket.results as readonly unknown[]) {
      const line = objectOf(result)
      const isCost = line !== null && 'amount' in line
      kind ??= isCost ? 'cost_report' : 'usage_report'
      lines.push(line === null ? 'expected an object' : readLine(bucket, line, isCost))
    }
  }
  return { kind, lines, hasMore: value.has_more === true }
}

function readLine(bucket: Json, line: Json, isCost: boolean): ReportLine {
  const at = instantOf(bucket.starting_at)
  const untilAt = instantOf(bucket.ending_at)
  if (at instanceof UnreadableValue) return `starting_at: ${at.problem}`
  if (untilAt instanceof UnreadableValue) return `ending_at: ${untilAt.problem}`
  const common = {
    ...{ at, untilAt, calls: null, feature: featureOf(line), model: textOf(line.model) },
    ...{ serviceTier: textOf(line.service_tier), speed: textOf(line.speed) },
  }
  return isCost ? costLine(common, line) : usageLine(common, line)
}

function usageLine(common: Partial<UsageRecord>, line: Json): ReportLine {
  const created = objectOf(line.cache_creation)
  const counts = {
    inputTokens: countOf(line.uncached_input_tokens),
    outputTokens: countOf(line.output_tokens),
    cacheReadTokens: countOf(line.cache_read_input_tokens),
    cacheWrite5mTokens: countOf(created?.ephemeral_5m_input_tokens),
    cacheWrite1hTokens: countOf(created?.ephemeral_1h_input_tokens),
    webSearchRequests: countOf(objectOf(line.server_tool_use)?.web_search_requests),
  }
  const wrong = Object.values(counts).find((count) => count instanceof UnreadableValue)
  if (wrong !== undefined) return wrong.problem
  const usage = counts as Record<keyof typeof counts, number>
  return usageRecord({ ...common, usage: { ...usage, inferenceGeo: textOf(line.inference_geo) } })
}

// The report counts in cents: "123.45" is $1.23.
function costLine(common: Partial<UsageRecord>, line: Json): ReportLine {
  if (line.currency !== 'USD' && !isNothing(line.currency)) {
    return `currency: ${new UnreadableValue('USD', line.currency).problem}`
  }
  const costNano = costOfValue(line.amount, NANO_PER_CENT)
  if (costNano instanceof UnreadableValue) return `amount: ${costNano.problem}`
  const isTokens = line.cost_type === 'tokens' || isNothing(line.cost_type)
  const ofTokens = CLASSES[String(line.token_type)] ?? null
  const other: CostClass = line.cost_type === 'web_search' ? 'search' : 'other'
  return usageRecord({ ...common, costNano, costClass: isTokens ? ofTokens : other })
}

// Reports know no features; a key or a workspace is the nearest that they have.
function featureOf(line: Json): string | null {
  const key = textOf(line.api_key_id)
  const workspace = textOf(line.workspace_id)
  if (key !== null) return `key ${key}`
  return workspace === null ? null : `workspace ${workspace}`
}

function countOf(value: unknown): number | UnreadableValue {
  return isNothing(value) ? 0 : wholeOf(value)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function objectOf(value: unknown): Json | null {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Json) : null
}
