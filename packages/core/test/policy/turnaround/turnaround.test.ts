import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubmissionId } from '../../../src/model/ids.js'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/model/time.js'
import type { BatchKind, Turnaround } from '../../../src/model/turnaround.js'
import { BIN_COUNT, beginOfBin, binOf } from '../../../src/policy/turnaround/duration-bins.js'
import {
  EQUAL_BATCHES,
  NO_TURNAROUND,
  outlookBy,
  readTurnaround,
  readyRange,
  shareWithin,
  TURNAROUND_SLACK_MS,
  turnaroundOdds,
  turnaroundWithin,
  withTurnaround,
} from '../../../src/policy/turnaround/index.js'
import {
  cellsOf,
  familyOf,
  hourOfWeek,
  sizeClassOf,
} from '../../../src/policy/turnaround/turnaround-cells.js'

// A Monday, 02:00 UTC.
const NIGHT = Date.UTC(2026, 10, 23, 2)
const KIND: BatchKind = { models: ['claude-haiku-4-5'], requests: 500, startsAt: NIGHT }

// Of logarithms: what a span is known to.
const BIN_WIDTH = Math.LN2 / 3

let made = 0

function learned(
  minutes: readonly number[],
  kind: Partial<BatchKind> = {},
  history: Turnaround = NO_TURNAROUND,
): Turnaround {
  return minutes.reduce((known, took) => {
    made += 1
    const batch = { ...KIND, ...kind, submissionId: made as SubmissionId }
    const endedAt = batch.startsAt + took * MINUTE_MS
    return withTurnaround(known, { ...batch, endedAt }) ?? known
  }, history)
}

function minutes(history: Turnaround, share: number, kind: Partial<BatchKind> = {}): number {
  const odds = turnaroundOdds(history, { ...KIND, ...kind }, NIGHT)
  return turnaroundWithin(odds, share) / MINUTE_MS
}

const times = (count: number, took: number): readonly number[] =>
  Array.from({ length: count }, () => took)

describe('the scale', () => {
  test('has bins that follow one another, and every span falls into one of them', () => {
    for (let bin = 0; bin < BIN_COUNT; bin += 1) {
      expect(beginOfBin(bin + 1)).toBeGreaterThan(beginOfBin(bin))
      expect(binOf(Math.ceil(beginOfBin(bin)) + 1)).toBe(bin)
    }
    expect([0, -5, Number.NaN, 7_999].map(binOf)).toEqual([0, 0, 0, 0])
    expect(beginOfBin(BIN_COUNT)).toBeGreaterThan(36 * HOUR_MS)
    expect(binOf(900 * DAY_MS)).toBe(BIN_COUNT - 1)
  })
})

describe('what a batch is of', () => {
  test.each([
    [['claude-opus-5-5'], 'opus'],
    [['claude-3-5-haiku-20241022'], 'haiku'],
    [['claude-sonnet-4-6', 'claude-sonnet-5'], 'sonnet'],
    [['claude-haiku-4-5', 'claude-opus-5'], 'mixed'],
    [['claude-fable-5-1'], 'fable'],
    [['claude-mythos-5'], 'mythos'],
    [['some-other-1'], 'other'],
    [[], 'other'],
  ])('family of %j is %s', (models, family) => {
    expect(familyOf(models)).toBe(family)
  })

  test.each([
    [0, '10'],
    [1, '10'],
    [10, '10'],
    [11, '100'],
    [1_000, '1000'],
    [1_001, '10000'],
    [100_000, '100000'],
    [9_000_000, '100000'],
  ])('%i requests are of the size %s', (requests, size) => {
    expect(sizeClassOf(requests)).toBe(size)
  })

  test.each([
    [NIGHT, 2],
    [NIGHT - 2 * HOUR_MS - 1, 167],
    [0, 72],
    [-4 * DAY_MS, 144],
  ])('the instant %i is in hour %i of its week', (at, hour) => {
    expect(hourOfWeek(at)).toBe(hour)
  })

  test('has four cells, from all to its own hour', () => {
    expect(cellsOf(KIND).map(({ name }) => name)).toEqual([
      'all',
      'haiku',
      'haiku 1000',
      'haiku 1000 2',
    ])
  })
})

describe('without a batch of its own', () => {
  const odds = turnaroundOdds(NO_TURNAROUND, KIND, NIGHT)

  test('an account goes by what is published', () => {
    expect([odds.batches, odds.of]).toEqual([0, 'published'])
    expect(odds.shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9)
    expect(shareWithin(odds, 7 * MINUTE_MS)).toBeCloseTo(0.5, 1)
    expect(shareWithin(odds, HOUR_MS)).toBeCloseTo(0.9, 1)
    expect(shareWithin(odds, 25 * HOUR_MS)).toBeGreaterThan(0.98)
    expect(turnaroundWithin(odds, 0.5) / MINUTE_MS).toBeCloseTo(7, 0)
    expect(Math.abs(Math.log(turnaroundWithin(odds, 0.9) / HOUR_MS))).toBeLessThan(BIN_WIDTH)
  })

  test('a nightly batch of two is likely there by six, and not within its own five minutes', () => {
    const batch = { startsAt: NIGHT, notEndedAt: NIGHT }
    expect(outlookBy(odds, batch, NIGHT + 4 * HOUR_MS)).toBe('likely')
    expect(outlookBy(odds, batch, NIGHT + 15 * MINUTE_MS)).toBe('at_risk')
    expect(outlookBy(odds, batch, NIGHT + TURNAROUND_SLACK_MS)).toBe('no')
    expect(outlookBy(odds, batch, NIGHT - HOUR_MS)).toBe('no')
  })

  test('the ready instants stand in order, with time to fetch what came', () => {
    const range = readyRange(odds, { startsAt: NIGHT, notEndedAt: NIGHT })
    expect(range.p50At - NIGHT).toBe(turnaroundWithin(odds, 0.5) + TURNAROUND_SLACK_MS)
    expect(range.p90At).toBeGreaterThan(range.p50At)
    expect(range.p99At).toBeGreaterThan(range.p90At)
  })
})

describe('what was learned', () => {
  test('weighs as much as what is published at ten batches, and nearly all at two hundred', () => {
    const ten = turnaroundOdds(learned(times(EQUAL_BATCHES, 200)), KIND, NIGHT)
    expect(shareWithin(ten, 100 * MINUTE_MS)).toBeGreaterThan(0)
    // Four cells, each of which halves what is left of the broader ones.
    expect(shareWithin(ten, 100 * MINUTE_MS)).toBeLessThan(0.1)
    const many = learned(times(200, 200))
    expect(minutes(many, 0.5)).toBeCloseTo(200, -2)
    expect(minutes(many, 0.01)).toBeGreaterThan(100)
  })

  test('is of the narrowest cell that has ten batches', () => {
    const noon = NIGHT + 10 * HOUR_MS
    const other = learned(times(40, 20), { models: ['claude-opus-5'] })
    const size = learned(times(30, 90), { startsAt: noon }, other)
    const hour = learned(times(12, 240), {}, size)
    const at = (history: Turnaround, kind: Partial<BatchKind>) => {
      const { batches, of } = turnaroundOdds(history, { ...KIND, ...kind }, NIGHT)
      return [batches, of]
    }
    expect(at(hour, {})).toEqual([12, 'hour'])
    expect(at(hour, { startsAt: noon + HOUR_MS })).toEqual([42, 'size'])
    expect(at(hour, { requests: 5 })).toEqual([42, 'family'])
    expect(at(hour, { models: ['claude-sonnet-5'] })).toEqual([81, 'account'])
    expect(at(learned([5]), {})).toEqual([1, 'account'])
    expect(minutes(hour, 0.5)).toBeGreaterThan(200)
    expect(minutes(hour, 0.5, { startsAt: noon })).toBeLessThan(120)
  })

  test('counts each batch once', () => {
    const batch = { ...KIND, submissionId: 7 as SubmissionId, endedAt: NIGHT + HOUR_MS }
    const once = withTurnaround(NO_TURNAROUND, batch) as Turnaround
    expect(withTurnaround(once, batch)).toBeNull()
  })

  test('knows nothing of a batch that ended before it was made', () => {
    const batch = { ...KIND, submissionId: 8 as SubmissionId, endedAt: NIGHT - 1 }
    expect(withTurnaround(NO_TURNAROUND, batch)).toBeNull()
  })

  test('fades: after four weeks a batch weighs half', () => {
    const odds = (at: number) => turnaroundOdds(learned(times(40, 60)), KIND, at)
    expect(odds(NIGHT).batches).toBe(40)
    expect(odds(NIGHT + 28 * DAY_MS).batches).toBe(20)
  })

  test('does not depend on the order in which batches are noted, but for rounding', () => {
    const early = { startsAt: NIGHT - 30 * DAY_MS }
    const one = learned(times(20, 30), early, learned(times(20, 300)))
    const other = learned(times(20, 300), {}, learned(times(20, 30), early))
    expect(minutes(one, 0.5)).toBeCloseTo(minutes(other, 0.5), 0)
  })

  test('stays small, whatever happens, and keeps its broad cells', () => {
    let history = NO_TURNAROUND
    for (let hour = 0; hour < 3_000; hour += 1) {
      const size = 10 ** (1 + (hour % 5))
      const kind = { requests: size, startsAt: NIGHT + hour * 61 * MINUTE_MS }
      history = learned([1 + (hour % 700)], kind, history)
    }
    expect(Object.keys(history.cells).length).toBeLessThan(300)
    expect(JSON.stringify(history).length).toBeLessThan(60_000)
    expect(Object.keys(history.cells)).toEqual(expect.arrayContaining(['all', 'haiku']))
  })

  test('is read back as it was written, and anything else is nothing', () => {
    const history = learned([3, 30, 300])
    expect(readTurnaround(JSON.parse(JSON.stringify(history)))).toEqual(history)
    const odd = [null, undefined, 7, {}, { ...history, version: 2 }, { version: 1, cells: {} }]
    for (const value of odd) expect(readTurnaround(value)).toEqual(NO_TURNAROUND)
    const cells = { all: { at: 1, bins: { 3: 2 } }, haiku: { at: 'x', bins: {} } }
    expect(readTurnaround({ ...history, cells }).cells).toEqual({ all: cells.all })
    const broken = { all: { at: 1, bins: { 99: 2 } }, opus: { at: 1, bins: { 3: -1 } } }
    expect(readTurnaround({ ...history, cells: broken }).cells).toEqual({})
  })
})

describe('a batch that is at the provider', () => {
  const odds = turnaroundOdds(NO_TURNAROUND, KIND, NIGHT)

  test('is foretold among those that took as long as it already has', () => {
    const at = (elapsed: number) =>
      readyRange(odds, { startsAt: NIGHT, notEndedAt: NIGHT + elapsed * MINUTE_MS })
    expect(at(50).p50At).toBeGreaterThan(NIGHT + HOUR_MS)
    expect(at(50).p50At).toBeGreaterThan(at(0).p90At - 10 * MINUTE_MS)
    const batch = { startsAt: NIGHT, notEndedAt: NIGHT + 50 * MINUTE_MS }
    expect(outlookBy(odds, batch, NIGHT + 70 * MINUTE_MS)).toBe('at_risk')
    expect(outlookBy(odds, batch, NIGHT + 50 * MINUTE_MS)).toBe('no')
  })

  test('is not foretold to end before now, however long it takes', () => {
    const late = { startsAt: NIGHT, notEndedAt: NIGHT + 50 * HOUR_MS }
    expect(readyRange(odds, late).p50At).toBeGreaterThan(late.notEndedAt)
  })
})

describe('whatever was learned', () => {
  const spans = fc.array(fc.integer({ min: 0, max: 30 * 60 * 60 }), { maxLength: 60 })
  const oddsOf = (seconds: readonly number[]) =>
    turnaroundOdds(learned(seconds.map((each) => each / 60)), KIND, NIGHT)

  test('spans grow with the share, and shares with the span', () => {
    fc.assert(
      fc.property(
        spans,
        fc.nat(40_000),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (seconds, elapsed, shares) => {
          const odds = oddsOf(seconds)
          const elapsedMs = elapsed * SECOND_MS
          const sorted = [...shares].sort((one, other) => one - other)
          const within = sorted.map((share) => turnaroundWithin(odds, share, elapsedMs))
          expect(within).toEqual([...within].sort((one, other) => one - other))
          const back = within.map((ms) => shareWithin(odds, ms, elapsedMs))
          expect(back).toEqual([...back].sort((one, other) => one - other))
          for (const ms of within) expect(ms).toBeGreaterThanOrEqual(elapsedMs)
        },
      ),
    )
  })

  test('an outlook never gets worse with more time', () => {
    const rank = { no: 0, at_risk: 1, likely: 2 }
    fc.assert(
      fc.property(spans, fc.nat(100_000), fc.nat(100_000), (seconds, one, other) => {
        const odds = oddsOf(seconds)
        const batch = { startsAt: NIGHT, notEndedAt: NIGHT }
        const by = (at: number) => rank[outlookBy(odds, batch, NIGHT + at * SECOND_MS)]
        expect(by(Math.min(one, other))).toBeLessThanOrEqual(by(Math.max(one, other)))
      }),
    )
  })

  test('more of the same draws the middle to it, and one odd batch moves neither the middle nor nine in ten far', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 600 }),
        fc.integer({ min: 0, max: 1_440 }),
        (usual, odd) => {
          const far = (count: number) =>
            Math.abs(Math.log(minutes(learned(times(count, usual)), 0.5) / usual))
          expect(far(100)).toBeLessThanOrEqual(far(5) + BIN_WIDTH / 2)
          expect(far(100)).toBeLessThan(BIN_WIDTH)
          const before = learned(times(100, usual))
          const after = learned([odd], {}, before)
          for (const share of [0.5, 0.9]) {
            const moved = minutes(after, share) / minutes(before, share)
            expect(Math.abs(Math.log(moved))).toBeLessThan(0.05)
          }
        },
      ),
    )
  })
})
