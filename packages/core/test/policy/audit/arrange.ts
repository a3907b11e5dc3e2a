import fc from 'fast-check'
import type { NanoUsd } from '../../../src/model/money.js'
import { DAY_MS, type EpochMs, HOUR_MS } from '../../../src/model/time.js'
import type { AuditReport } from '../../../src/policy/audit/audit-report.js'
import { Auditor, type AuditorOptions } from '../../../src/policy/audit/auditor.js'
import { type UsageRecord, usageRecord } from '../../../src/policy/audit/usage-record.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { noon, READ_AT, usage } from '../money/arrange.js'

/** A call to Opus 5 of a million tokens in, which costs $5 in real time, with what a test names. */
export function call(changes: Partial<UsageRecord> = {}): UsageRecord {
  return usageRecord({
    at: READ_AT,
    feature: 'triage',
    model: 'claude-opus-5',
    usage: usage({ inputTokens: 1_000_000 }),
    ...changes,
  })
}

/** The audit of some records by the built-in prices. */
export function audit(
  records: Iterable<UsageRecord>,
  options: Partial<AuditorOptions> = {},
): AuditReport {
  const auditor = new Auditor({ book: PRICE_BOOK, now: READ_AT, ...options })
  for (const record of records) auditor.add(record)
  return auditor.report()
}

/** Calls at one hour of some days, `each` a day. */
export function callsAt(
  hours: readonly number[],
  params: { readonly days: number; readonly each: number } & Partial<UsageRecord>,
): readonly UsageRecord[] {
  const { days, each, ...changes } = params
  const midnight = noon('2026-11-01') - 12 * HOUR_MS
  return Array.from({ length: days }, (_, day) =>
    hours.flatMap((hour) =>
      Array.from({ length: each }, (__, minute): UsageRecord => {
        const at: EpochMs = midnight + day * DAY_MS + hour * HOUR_MS + minute * 1_000
        return call({ at, ...changes })
      }),
    ),
  ).flat()
}

const count = fc.integer({ min: 0, max: 300_000 })

/** Any record of a log or a report. */
export const anyRecord: fc.Arbitrary<UsageRecord> = fc.record({
  at: fc.option(fc.integer({ min: noon('2026-10-01'), max: READ_AT })),
  untilAt: fc.constant(null),
  feature: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
  model: fc.option(
    fc.constantFrom(
      'claude-opus-5',
      'claude-haiku-5-5',
      'claude-sonnet-4-5',
      'claude-sonnet-5-5',
      'claude-mythos-5-2',
      'claude-3-haiku-20240307',
      'gone',
    ),
  ),
  calls: fc.constantFrom(1, 1, 1, 7, null),
  otherTools: fc.constant(null),
  usage: fc.option(
    fc.record({
      inputTokens: count,
      outputTokens: count,
      cacheReadTokens: count,
      cacheWrite5mTokens: count,
      cacheWrite1hTokens: count,
      webSearchRequests: fc.integer({ min: 0, max: 3 }),
      inferenceGeo: fc.constantFrom(null, 'us', 'global', 'mars'),
    }),
  ),
  costNano: fc.option(fc.integer({ min: 0, max: 10 ** 12 }).map((nano) => nano as NanoUsd)),
  costClass: fc.option(
    fc.constantFrom(
      'input',
      'output',
      'cacheRead',
      'cacheWrite5m',
      'cacheWrite1h',
      'search',
      'other',
    ),
  ),
  latencyMs: fc.option(fc.integer({ min: 0, max: 200_000 })),
  status: fc.constantFrom(null, 200, 429, 529),
  errorType: fc.constantFrom(null, null, 'overloaded_error'),
  serviceTier: fc.constantFrom(null, 'standard', 'batch', 'priority', 'flex'),
  speed: fc.constantFrom(null, 'standard', 'fast'),
  stopReason: fc.constantFrom(null, 'end_turn', 'tool_use'),
  isStreamed: fc.option(fc.boolean()),
  isAwaited: fc.option(fc.boolean()),
  neededWithinMs: fc.option(fc.integer({ min: 0, max: 2 * DAY_MS })),
})
