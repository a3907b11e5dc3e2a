import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NanoUsd } from '../../../src/model/money.js'
import type { AuditReport, MoneySplit } from '../../../src/policy/audit/audit-report.js'
import { inAMonth } from '../../../src/policy/audit/audit-report.js'
import type { UsageRecord } from '../../../src/policy/audit/usage-record.js'
import { costOf } from '../../../src/policy/money/cost.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { noon, READ_AT, usage } from '../money/arrange.js'
import { anyRecord, audit, call, callsAt } from './arrange.js'

const USD = 1_000_000_000n

function spent(splits: readonly { readonly money: MoneySplit }[]): bigint {
  return splits.reduce((sum, { money }) => sum + money.spentNano, 0n)
}

function standings({ byStanding }: MoneySplit): bigint {
  return Object.values(byStanding).reduce((sum, { spentNano }) => sum + spentNano, 0n)
}

// What any report must hold, whatever it is about.
function expectToAddUp(report: AuditReport, records: number): void {
  const { money, features, models, saves } = report
  expect(money.records).toBe(records)
  expect(spent(features)).toBe(money.spentNano)
  expect(spent(models)).toBe(money.spentNano)
  for (const part of [{ money }, ...features, ...models]) {
    expect(standings(part.money)).toBe(part.money.spentNano)
  }
  for (const feature of features) {
    expect(spent(feature.models)).toBe(feature.money.spentNano)
    expect(feature.reasons.reduce((sum, each) => sum + each.spentNano, 0n)).toBe(
      feature.money.spentNano,
    )
  }
  expect(features.reduce((sum, each) => sum + each.saves.lowNano, 0n)).toBe(saves.lowNano)
  expect(features.reduce((sum, each) => sum + each.saves.highNano, 0n)).toBe(saves.highNano)
  expect(saves.lowNano).toBeGreaterThanOrEqual(0n)
  expect(saves.highNano).toBeLessThanOrEqual(money.spentNano)
}

describe('the audit of any records', () => {
  const records = fc.array(anyRecord, { maxLength: 80 })

  test('adds up: features, models, standings and reasons are each the whole', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 6 }), (some, mostGroups) => {
        expectToAddUp(audit(some, { mostGroups }), some.length)
      }),
    )
  })

  test('is the same in whichever order they come', () => {
    const shuffled = records.chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
    )
    fc.assert(
      fc.property(shuffled, ([some, others]) => {
        expect(sorted(audit(others))).toEqual(sorted(audit(some)))
      }),
    )
  })

  test('in any order has the same sums even when there are too many features', () => {
    fc.assert(
      fc.property(records, (some) => {
        const there = audit(some, { mostGroups: 2 })
        const back = audit(some.toReversed(), { mostGroups: 2 })
        expect(back.money.spentNano).toBe(there.money.spentNano)
        expect(back.hours).toEqual(there.hours)
        expect(back.period).toEqual(there.period)
      }),
    )
  })

  test('of one known call costs what the price book says, to the nano-dollar', () => {
    const one = anyRecord.filter(
      ({ usage: used, costNano, calls, status, serviceTier, speed }) =>
        used !== null &&
        costNano === null &&
        calls === 1 &&
        status === null &&
        serviceTier === null &&
        speed !== 'fast',
    )
    fc.assert(
      fc.property(one, (record) => {
        if (record.usage === null) return
        const expected = costOf({
          usage: record.usage,
          model: record.model ?? '',
          route: 'realtime',
          at: record.at ?? READ_AT,
          book: PRICE_BOOK,
        })
        const { money } = audit([record])
        expect(money.spentNano).toBe(BigInt(expected ?? 0))
        expect(money.unpriced).toBe(expected === null ? 1 : 0)
      }),
    )
  })
})

// Groups of the same money may stand in any order.
function sorted(report: AuditReport): object {
  const by = (a: object, b: object): number => (text(a) < text(b) ? -1 : 1)
  return {
    ...report,
    features: report.features
      .map((each) => ({
        ...each,
        models: each.models.toSorted(by),
        reasons: each.reasons.toSorted(by),
      }))
      .toSorted(by),
    models: report.models.toSorted(by),
  }
}

function text(value: object): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each))
}

describe('an audit', () => {
  test('saves half of what nobody waits for, and says what rests on an answer', () => {
    const report = audit([
      call({ isAwaited: false }),
      call({ feature: 'chat', isAwaited: true }),
      call({ feature: 'reports' }),
    ])
    const { byStanding } = report.money
    expect(report.money.spentNano).toBe(15n * USD)
    expect(report.saves).toEqual({ lowNano: (5n * USD) / 2n, highNano: 5n * USD })
    expect(byStanding.ready.spentNano).toBe(5n * USD)
    expect(byStanding.no.spentNano).toBe(5n * USD)
    expect(byStanding.open.spentNano).toBe(5n * USD)
  })

  test('counts batches as what they cost, with nothing left to save', () => {
    const report = audit([call({ serviceTier: 'batch', isAwaited: false })])
    expect(report.money.byStanding.batched.spentNano).toBe((5n * USD) / 2n)
    expect(report.saves).toEqual({ lowNano: 0n, highNano: 0n })
    expect(report.hours[12]).toEqual({ realtimeNano: 0n, batchNano: (5n * USD) / 2n })
  })

  test('says that batch is dearer where 90 % of the input comes from a cache', () => {
    const cached = usage({ inputTokens: 100_000, cacheReadTokens: 900_000 })
    const report = audit([call({ usage: cached, isAwaited: false })])
    const { ready } = report.money.byStanding
    // $0.50 + $0.45 now; $2.50 in batch without a cache; half of now with one.
    expect(ready.spentNano).toBe(950_000_000n)
    expect(ready.dearerNano).toBe(1_550_000_000n)
    expect(report.saves).toEqual({ lowNano: 0n, highNano: 475_000_000n })
  })

  test('keeps no more features apart than it may, and adds up what is beyond', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => call({ feature: `f${index}` }))
    const { features, money } = audit(many)
    expect(features).toHaveLength(2_001)
    const others = features.find(({ kind }) => kind === 'others')
    expect(others?.money.records).toBe(3_000)
    expect(money.spentNano).toBe(25_000n * USD)
  })

  test('with more models than it may keep apart still adds up', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => call({ model: `m${index}` }))
    const report = audit(many)
    expect(report.money).toMatchObject({ records: 3_000, unpriced: 3_000, spentNano: 0n })
    expect(report.unpricedModels.size).toBeLessThanOrEqual(201)
    const counted = [...report.unpricedModels.values()].reduce((sum, each) => sum + each, 0)
    expect(counted).toBe(3_000)
  })

  test('holds what a number of nano-dollars can’t', () => {
    const costNano = 9_000_000_000_000_000 as NanoUsd
    const { money } = audit(Array.from({ length: 100 }, () => call({ usage: null, costNano })))
    expect(money.spentNano).toBe(900_000_000_000_000_000n)
  })

  test('takes hours and days from the clock of its reader', () => {
    const late = noon('2026-11-10') + 11.5 * 3_600_000
    const records: readonly UsageRecord[] = [call({ at: late }), call({ at: late + 60_000 })]
    expect(audit(records).hours[23]?.realtimeNano).toBe(10n * USD)
    const ahead = audit(records, { offsetMsAt: () => 3_600_000 })
    expect(ahead.hours[0]?.realtimeNano).toBe(10n * USD)
    expect(ahead.period).toMatchObject({ fromAt: late, untilAt: late + 60_000, days: 1 })
    expect(audit(records, { offsetMsAt: () => 1_770_000 }).period?.days).toBe(2)
  })

  test('has no period without an instant, and a bucket ends with its last moment', () => {
    expect(audit([call({ at: null })]).period).toBeNull()
    const midnight = noon('2026-11-10') - 12 * 3_600_000
    const bucket = call({ at: midnight, untilAt: midnight + 86_400_000, calls: null })
    const report = audit([bucket])
    expect(report.period?.days).toBe(1)
    expect(report.shown).toMatchObject({ at: 1, hour: 0 })
  })

  test('lifts a feature by the pattern of its calls', () => {
    const nightly = audit(callsAt([2], { days: 5, each: 10 }))
    expect(nightly.features[0]?.pattern).toBe('nightly')
    expect(nightly.money.byStanding.likely.records).toBe(50)
    expect(nightly.saves.lowNano).toBe(125n * USD)
  })

  test('leaves open what is spread over the day', () => {
    const spread = audit(callsAt([3, 8, 11, 14, 17, 20], { days: 5, each: 2 }))
    expect(spread.features[0]?.pattern).toBeNull()
    expect(spread.saves.lowNano).toBe(0n)
  })

  test('compares what the source says was paid with the list', () => {
    const costNano = 4_000_000_000 as NanoUsd
    const report = audit([call({ costNano, isAwaited: false })])
    expect(report.stated).toEqual({ paidNano: 4n * USD, listNano: 5n * USD })
    expect(report.money.spentNano).toBe(4n * USD)
    expect(report.saves.lowNano).toBe(2n * USD)
  })
})

test('a month is 30 days, rounded half up', () => {
  expect(inAMonth(10n, 30)).toBe(10n)
  expect(inAMonth(10n, 7)).toBe(43n)
  expect(inAMonth(1n, 20)).toBe(2n)
  expect(inAMonth(1n, 60)).toBe(1n)
  expect(inAMonth(1n, 61)).toBe(0n)
})
