import { expect, test } from 'vitest'
import type { NanoUsd } from '../../../src/index.js'
import { HOUR_MS, MINUTE_MS } from '../../../src/model/time.js'
import {
  judgeRollout,
  type RolloutReason,
  type RouteFigures,
  RouteTally,
} from '../../../src/policy/routing/index.js'

function figures(overrides: Partial<RouteFigures> = {}): RouteFigures {
  return {
    ...{ done: 1_000, usable: 990, wanted: 0, late: 0, unpriced: 0 },
    ...{ halfWithinMs: 10 * MINUTE_MS, nineInTenWithinMs: HOUR_MS },
    paidNano: 1_000_000 as NanoUsd,
    ...overrides,
  }
}

const TWICE = figures({ paidNano: 2_000_000 as NanoUsd, nineInTenWithinMs: 9_000 })
const NONE = figures({ done: 0, usable: 0, halfWithinMs: null, nineInTenWithinMs: null })

test.each<
  [string, number, RouteFigures, RouteFigures, number | null, string, readonly RolloutReason[]]
>([
  ['nothing in batches yet', 0, NONE, TWICE, 10, 'safe', ['first']],
  ['too few answers', 10, figures({ done: 99 }), TWICE, 50, 'unsure', ['too_few']],
  ['too few calls', 50, figures(), { ...TWICE, done: 99 }, 100, 'unsure', ['too_few']],
  ['as good', 10, figures(), TWICE, 50, 'safe', ['usable_alike', 'in_time']],
  ['a step of its own', 30, figures(), TWICE, 50, 'safe', ['usable_alike', 'in_time']],
  [
    'few answers, most of them good',
    ...([10, figures({ done: 150, usable: 148, paidNano: 150_000 as NanoUsd }), TWICE] as const),
    50,
    ...(['unsure', ['usable_unsure', 'in_time']] as const),
  ],
  [
    'fewer usable',
    ...([50, figures({ usable: 930 }), TWICE, 100] as const),
    ...(['unsafe', ['fewer_usable', 'in_time']] as const),
  ],
  [
    'too slow',
    ...([50, figures({ nineInTenWithinMs: 25 * HOUR_MS }), TWICE, 100] as const),
    ...(['unsafe', ['usable_alike', 'too_slow']] as const),
  ],
  [
    'late',
    ...([50, figures({ wanted: 500, late: 40 }), { ...TWICE, wanted: 500, late: 2 }, 100] as const),
    ...(['unsafe', ['usable_alike', 'in_time', 'more_late']] as const),
  ],
  [
    'as late as calls',
    ...([50, figures({ wanted: 500, late: 3 }), { ...TWICE, wanted: 500, late: 2 }, 100] as const),
    ...(['safe', ['usable_alike', 'in_time']] as const),
  ],
  [
    'dearer',
    ...([50, figures({ paidNano: 2_000_000 as NanoUsd }), TWICE, 100] as const),
    ...(['unsafe', ['usable_alike', 'in_time', 'dearer']] as const),
  ],
  [
    'of no known price',
    ...([50, figures({ unpriced: 1_000, paidNano: 0 as NanoUsd }), TWICE, 100] as const),
    ...(['safe', ['usable_alike', 'in_time']] as const),
  ],
  ['all of it', 100, figures(), NONE, null, 'complete', ['complete']],
])('%s: at %d %%', (_, batchPercent, batch, realtime, next, verdict, reasons) => {
  expect(judgeRollout({ batchPercent, batch, realtime })).toEqual({ next, verdict, reasons })
})

test('how soon nine in ten are to come is the asker’s', () => {
  const facts = { batchPercent: 10, batch: figures(), realtime: TWICE }
  expect(judgeRollout({ ...facts, withinMs: HOUR_MS }).verdict).toBe('safe')
  expect(judgeRollout({ ...facts, withinMs: HOUR_MS - 1 }).verdict).toBe('unsafe')
})

test('a tally has the sums and the spans of what was added', () => {
  const tally = new RouteTally()
  expect(tally.figures).toMatchObject({ done: 0, halfWithinMs: null, nineInTenWithinMs: null })
  for (let index = 1; index <= 10; index += 1) {
    const paidNano = index === 10 ? null : (index as NanoUsd)
    const deadlineAt = index > 8 ? 1_005 : null
    tally.add({
      isUsable: index > 1,
      createdAt: 1_000,
      doneAt: 1_000 + index,
      deadlineAt,
      paidNano,
    })
  }
  expect(tally.figures).toEqual({
    ...{ done: 10, usable: 9, wanted: 2, late: 2, unpriced: 1, paidNano: 45 },
    ...{ halfWithinMs: 5, nineInTenWithinMs: 9 },
  })
})
