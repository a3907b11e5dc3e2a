import { describe, expect, test } from 'vitest'
import type { NanoUsd } from '../../../src/model/money.js'
import type { AuditReport } from '../../../src/policy/audit/audit-report.js'
import type { BatchReason } from '../../../src/policy/audit/batch-reason.js'
import type { UsageRecord } from '../../../src/policy/audit/usage-record.js'
import { noon, usage } from '../money/arrange.js'
import { audit, call, callsAt } from './arrange.js'

const HOUR = 3_600_000

const CASES: readonly (readonly [string, Partial<UsageRecord>, BatchReason])[] = [
  ['a batch', { serviceTier: 'batch', isAwaited: true }, 'already_batch'],
  ['an error', { status: 529, usage: null, serviceTier: 'batch' }, 'failed'],
  ['no answer at all', { status: null, errorType: 'APIConnectionError', usage: null }, 'failed'],
  ['a break with tokens', { errorType: 'aborted' }, 'nothing_shown'],
  ['an error that was paid', { status: 500, isAwaited: false }, 'nobody_waits'],
  ['fast mode', { speed: 'fast', isAwaited: false }, 'fast_mode'],
  ['the priority tier', { serviceTier: 'priority', isAwaited: false }, 'priority_tier'],
  ['priority on demand', { serviceTier: 'priority_on_demand' }, 'priority_tier'],
  ['a tier that nobody knows', { serviceTier: 'flex', isAwaited: false }, 'other_tier'],
  ['a model without a price', { model: 'claude-next', isAwaited: false }, 'unknown_model'],
  ['a retired model', { model: 'claude-opus-4-1', isAwaited: false }, 'retired_model'],
  ['a streamed answer', { isStreamed: true }, 'streamed'],
  [
    'a streamed answer that nobody waited for',
    { isStreamed: true, isAwaited: false },
    'nobody_waits',
  ],
  ['a waiting person', { isAwaited: true, neededWithinMs: 48 * HOUR }, 'awaited'],
  ['a tool loop', { stopReason: 'tool_use', isAwaited: false }, 'tool_use'],
  ['a turn that goes on', { stopReason: 'pause_turn' }, 'tool_use'],
  ['seconds to answer in', { neededWithinMs: 5_000, isAwaited: false }, 'needed_soon'],
  ['an hour to answer in', { neededWithinMs: HOUR }, 'nothing_shown'],
  ['just less than an hour', { neededWithinMs: HOUR - 1 }, 'needed_soon'],
  ['a day to answer in', { neededWithinMs: 24 * HOUR }, 'not_needed_soon'],
  ['just less than a day', { neededWithinMs: 24 * HOUR - 1 }, 'nothing_shown'],
  ['nothing but tokens', { isStreamed: false, stopReason: 'end_turn' }, 'nothing_shown'],
]

describe('what decides about a call', () => {
  test.each(CASES)('with %s', (_, changes, expected) => {
    const [feature] = audit([call(changes)]).features
    expect(feature?.reasons.map(({ reason }) => reason)).toEqual([expected])
  })

  test.each<[string, readonly string[]]>([
    ['batched', ['already_batch']],
    ['ready', ['nobody_waits', 'not_needed_soon']],
    ['open', ['nothing_shown']],
  ])(
    'puts it among the %s, and with any other reason among those that can’t be',
    (standing, reasons) => {
      for (const [about, changes, reason] of CASES) {
        const { byStanding } = audit([call(changes)]).money
        const found = byStanding[standing as keyof typeof byStanding].records
        expect(found, about).toBe(reasons.includes(reason) ? 1 : 0)
      }
    },
  )

  test('a model retires on its day, not before', () => {
    const record = call({ model: 'claude-sonnet-4-5', isAwaited: false })
    const reasonOn = (day: string): BatchReason | undefined =>
      audit([record], { now: noon(day) }).features[0]?.reasons[0]?.reason
    expect(reasonOn('2026-11-29')).toBe('nobody_waits')
    expect(reasonOn('2026-11-30')).toBe('retired_model')
  })
})

describe('money that can’t be priced', () => {
  const known = call({ isAwaited: false })

  test.each([
    ['an unknown model', { model: 'claude-next' }],
    ['no model', { model: null }],
    ['fast mode', { speed: 'fast' }],
    ['a tier that nobody knows', { serviceTier: 'flex' }],
    ['a place that nobody knows', { usage: usage({ inputTokens: 1, inferenceGeo: 'mars' }) }],
  ])('is counted and in no sum: %s', (_, changes) => {
    const { money } = audit([known, call(changes)])
    expect(money).toMatchObject({ records: 2, unpriced: 1, spentNano: 5_000_000_000n })
  })

  test('counts as spent where the source says what was paid, and saves nothing', () => {
    const costNano = 7_000_000_000 as NanoUsd
    const { money, saves } = audit([call({ costNano, model: 'claude-next', isAwaited: false })])
    expect(money).toMatchObject({ unpriced: 0, spentNano: 7_000_000_000n })
    expect(saves).toEqual({ lowNano: 0n, highNano: 0n })
  })

  test('is a range for a bucket of a model whose price has a step', () => {
    const bucket = call({
      model: 'claude-haiku-5-5',
      calls: null,
      usage: usage({ inputTokens: 1_000_000 }),
    })
    const report = audit([bucket])
    expect(report.money.unpriced).toBe(1)
    expect(report.features[0]?.reasons[0]?.reason).toBe('unknown_step')
    expect(report.hiddenStep).toEqual({ lowNano: 100_000_000n, highNano: 500_000_000n })
    const one = audit([{ ...bucket, calls: 1 }])
    expect(one.money).toMatchObject({ unpriced: 0, spentNano: 500_000_000n })
  })
})

describe('a cost without tokens', () => {
  const saved = (changes: Partial<UsageRecord>): AuditReport['saves'] =>
    audit([call({ usage: null, costNano: 1_000_000_000 as NanoUsd, isAwaited: false, ...changes })])
      .saves

  test('halves by the class that it was paid for', () => {
    const half = 500_000_000n
    expect(saved({ costClass: 'input' })).toEqual({ lowNano: half, highNano: half })
    expect(saved({ costClass: 'output' })).toEqual({ lowNano: half, highNano: half })
    // Opus 5 reads a cache for a tenth: without one the same tokens cost five times as much in batch.
    expect(saved({ costClass: 'cacheRead' })).toEqual({ lowNano: 0n, highNano: half })
    // Writes cost 1.25 and 2 times the input.
    expect(saved({ costClass: 'cacheWrite5m' }).lowNano).toBe(600_000_000n)
    expect(saved({ costClass: 'cacheWrite1h' }).lowNano).toBe(750_000_000n)
  })

  test('is halved to the nano-dollar, rounded half up', () => {
    const halfOf = (nano: number): bigint =>
      BigInt(nano) - saved({ costClass: 'input', costNano: nano as NanoUsd }).lowNano
    expect([1, 2, 3, 5].map(halfOf)).toEqual([1n, 1n, 2n, 3n])
  })

  test('saves nothing for certain when its class is not said, and nothing at all for searches', () => {
    expect(saved({ costClass: null })).toEqual({ lowNano: 0n, highNano: 500_000_000n })
    expect(saved({ costClass: 'search' })).toEqual({ lowNano: 0n, highNano: 0n })
    expect(saved({ costClass: 'other' })).toEqual({ lowNano: 0n, highNano: 0n })
  })
})

describe('the pattern of a feature', () => {
  const pattern = (records: readonly UsageRecord[]): string | null | undefined =>
    audit(records).features[0]?.pattern

  test('is nightly when four fifths of its money is spent from 22:00 to 06:00', () => {
    const night = callsAt([22, 5, 1, 3], { days: 4, each: 2 })
    const day = callsAt([13], { days: 4, each: 2 })
    const more = callsAt([13], { days: 4, each: 3 })
    expect(pattern([...night, ...day])).toBe('nightly')
    expect(pattern([...night, ...more])).toBeNull()
  })

  test('is the same hours when three of them have four fifths of it', () => {
    expect(pattern(callsAt([9, 12, 15], { days: 4, each: 2 }))).toBe('same_hours')
    expect(pattern(callsAt([9, 11, 12, 15], { days: 4, each: 2 }))).toBeNull()
  })

  test('needs three days and twenty calls', () => {
    expect(pattern(callsAt([2], { days: 2, each: 20 }))).toBeNull()
    expect(pattern(callsAt([2], { days: 3, each: 6 }))).toBeNull()
    expect(pattern(callsAt([2], { days: 3, each: 7 }))).toBe('nightly')
  })

  test('is slow when half of the answers took longer than a minute', () => {
    const slow = callsAt([1, 6, 10, 13, 16, 19], { days: 5, each: 1, latencyMs: 60_001 })
    const quick = callsAt([1, 6, 10, 13, 16, 19], { days: 5, each: 1, latencyMs: 60_000 })
    expect(pattern([...slow, ...quick])).toBe('slow')
    expect(pattern([...slow, ...quick, ...quick])).toBeNull()
  })

  test('is a loop when three tenths of the answers want a tool, and then nothing is left open', () => {
    const last = callsAt([2], { days: 7, each: 2, stopReason: 'end_turn' })
    const turns = callsAt([2], { days: 6, each: 1, stopReason: 'tool_use' })
    const report = audit([...last, ...turns])
    expect(report.features[0]?.pattern).toBe('tool_loop')
    expect(report.saves.highNano).toBe(0n)
    const fewer = audit([...last, ...turns.slice(1), ...last])
    expect(fewer.features[0]?.pattern).not.toBe('tool_loop')
  })
})
