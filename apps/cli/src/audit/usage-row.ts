import type { NanoUsd } from '@halfrate/core'
import { isFailed, type UsageRecord, usageRecord } from '@halfrate/core/audit'
import type { UsageField } from './usage-fields.js'
import {
  costOfValue,
  instantOf,
  isNothing,
  spanOf,
  UnreadableValue,
  wholeOf,
  wordOf,
  yesOrNo,
} from './usage-values.js'

/** The values of a row by their fields. */
export type RowValues = ReadonlyMap<UsageField, unknown>

const SECOND = 1_000
const LEAST_STATUS = 100

/** Reads one row of a log; an answer that is a text says why it can't be. `otherTools` is what else it was billed for. */
export function readUsageRow(
  values: RowValues,
  otherTools: UsageRecord['otherTools'] = null,
): UsageRecord | string {
  const row = new RowReader(values)
  const status = row.status()
  const record = usageRecord({
    at: row.read('at', instantOf),
    feature: row.read('feature', wordOf),
    model: row.read('model', wordOf),
    calls: row.read('calls', wholeOf) ?? 1,
    usage: row.usage(),
    otherTools,
    costNano: row.read('cost_usd', costOfValue),
    latencyMs: row.span('latency_ms', 'latency_s'),
    status,
    errorType: row.read('error_type', wordOf),
    serviceTier: row.read('service_tier', wordOf),
    speed: row.read('speed', wordOf),
    stopReason: row.read('stop_reason', wordOf),
    isStreamed: row.read('streamed', yesOrNo),
    isAwaited: row.read('awaited', yesOrNo),
    neededWithinMs: row.span('needed_within_ms', 'needed_within_s'),
  })
  return row.fault ?? missing(record) ?? record
}

class RowReader {
  readonly #values: RowValues
  /** What is wrong first; null when nothing is. */
  fault: string | null = null

  constructor(values: RowValues) {
    this.#values = values
  }

  read<T>(field: UsageField, reader: (value: unknown) => T | UnreadableValue): T | null {
    const value = this.#values.get(field)
    if (isNothing(value)) return null
    const found = reader(value)
    if (!(found instanceof UnreadableValue)) return found
    this.fault ??= `${field}: ${found.problem}`
    return null
  }

  span(inMs: UsageField, inSeconds: UsageField): number | null {
    return (
      this.read(inMs, (value) => spanOf(value, 1)) ??
      this.read(inSeconds, (value) => spanOf(value, SECOND))
    )
  }

  // `status` is a number in one log and `ok` in another; only the number says something here.
  status(): number | null {
    const status = Number(this.#values.get('status') ?? Number.NaN)
    return Number.isInteger(status) && status >= LEAST_STATUS ? status : null
  }

  usage(): UsageRecord['usage'] {
    const [input, output] = [this.#tokens('input_tokens'), this.#tokens('output_tokens')]
    if (input === null && output === null) return null
    const written5m = this.#tokens('cache_write_5m_tokens') ?? 0
    const written1h = this.#tokens('cache_write_1h_tokens') ?? 0
    const written = this.#tokens('cache_write_tokens') ?? 0
    return {
      inputTokens: input ?? 0,
      outputTokens: output ?? 0,
      cacheReadTokens: this.#tokens('cache_read_tokens') ?? 0,
      // Without a lifetime it is the usual one, of five minutes.
      cacheWrite5mTokens: written5m + Math.max(0, written - written5m - written1h),
      cacheWrite1hTokens: written1h,
      webSearchRequests: this.read('web_searches', wholeOf) ?? 0,
      inferenceGeo: this.read('inference_geo', wordOf),
    }
  }

  #tokens(field: UsageField): number | null {
    return this.read(field, wholeOf)
  }
}

function missing(record: UsageRecord): string | null {
  const { model, usage, costNano } = record
  if (usage === null && costNano === null && !isFailed(record)) {
    return 'expected input_tokens and output_tokens, or cost_usd, got none of them'
  }
  return model === null && (costNano ?? (0 as NanoUsd)) === 0 && !isFailed(record)
    ? 'model: expected its name, got nothing'
    : null
}
