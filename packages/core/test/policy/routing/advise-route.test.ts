import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../../../src/model/time.js'
import {
  adviseRoute,
  type FewFacts,
  type RouteQuestion,
} from '../../../src/policy/routing/advise-route.js'

const NOW = 1_800_000_000_000
const LIKELY = 65 * MINUTE_MS
const CALL = 2 * MINUTE_MS

const PLAIN: RouteQuestion = {
  now: NOW,
  asked: null,
  isAwaited: false,
  deadlineAt: null,
  turnaround: { likelyMs: LIKELY, atMostMs: 20 * LIKELY, from: 'prior' },
  callMs: CALL,
  few: null,
}
const FEW: FewFacts = { requestsADay: 99.9, fewerThan: 100, canShare: false, whenFew: 'realtime' }

const inMs = (ms: number): Partial<RouteQuestion> => ({ deadlineAt: NOW + ms })

describe('the advised route', () => {
  test.each<[string, Partial<RouteQuestion>, readonly unknown[]]>([
    ['nothing is known', {}, ['batch', 'default', null]],
    ['a batch is asked for', { asked: 'batch' }, ['batch', 'asked', null]],
    ['real time is asked for', { asked: 'realtime' }, ['realtime', 'asked', null]],
    [
      'a batch is asked for though somebody waits',
      { asked: 'batch', isAwaited: true },
      ['batch', 'asked', null],
    ],
    [
      'a batch is asked for that is late',
      { asked: 'batch', ...inMs(LIKELY - 1) },
      ['batch', 'asked', false],
    ],
    [
      'a batch is asked for that is in time',
      { asked: 'batch', ...inMs(LIKELY) },
      ['batch', 'asked', true],
    ],
    [
      'real time is asked for that is late',
      { asked: 'realtime', ...inMs(CALL - 1) },
      ['realtime', 'asked', false],
    ],
    ['somebody waits', { isAwaited: true }, ['realtime', 'waiting', null]],
    [
      'somebody waits longer than a batch takes',
      { isAwaited: true, ...inMs(LIKELY) },
      ['realtime', 'waiting', true],
    ],
    [
      'somebody waits for less than a call takes',
      { isAwaited: true, ...inMs(CALL - 1) },
      ['realtime', 'waiting', false],
    ],
    ['a batch is just in time', inMs(LIKELY), ['batch', 'default', true]],
    ['a batch just is not', inMs(LIKELY - 1), ['realtime', 'deadline_near', true]],
    ['a call is just in time', inMs(CALL), ['realtime', 'deadline_near', true]],
    ['a call just is not', inMs(CALL - 1), [null, 'deadline_too_near', false]],
    [
      'calls take longer than batches, and a batch is in time',
      { callMs: 2 * LIKELY, ...inMs(LIKELY) },
      ['batch', 'default', true],
    ],
    ['the deadline is over', inMs(-1), [null, 'deadline_too_near', false]],
    ['there are few', { few: FEW }, ['realtime', 'few', null]],
    [
      'there are few, and they go in batches',
      { few: { ...FEW, whenFew: 'batch' } },
      ['batch', 'few', null],
    ],
    ['there are just enough', { few: { ...FEW, requestsADay: 100 } }, ['batch', 'default', null]],
    [
      'there are few, and others beside them',
      { few: { ...FEW, canShare: true } },
      ['batch', 'default', null],
    ],
    [
      'there are few, and the deadline says real time',
      { few: { ...FEW, whenFew: 'batch' }, ...inMs(LIKELY - 1) },
      ['realtime', 'deadline_near', true],
    ],
    [
      'there are few that no route can keep',
      { few: FEW, ...inMs(CALL - 1) },
      [null, 'deadline_too_near', false],
    ],
  ])('where %s', (_, given, [route, reason, isInTime]) => {
    expect(adviseRoute({ ...PLAIN, ...given })).toMatchObject({ route, reason, isInTime })
  })

  test.each<[Partial<RouteQuestion>, string]>([
    [{}, 'nothing speaks against a batch'],
    [{ asked: 'realtime' }, 'real time was asked for'],
    [{ isAwaited: true }, 'somebody waits for the answer'],
    [
      inMs(LIKELY - 1),
      'wanted in 64 min, and a batch is likely back only after 65 min (by what is published)',
    ],
    [
      { ...inMs(LIKELY), turnaround: { ...PLAIN.turnaround, from: 'history' } },
      'wanted in 65 min, and a batch is likely back after 65 min (by your own batches)',
    ],
    [
      inMs(CALL - 1),
      'wanted in 119 s, and even in real time it may take 2 min: no route can promise it',
    ],
    [
      inMs(0),
      'wanted by an instant that is over, and even in real time it may take 2 min: no route can promise it',
    ],
    [
      { few: FEW },
      'fewer than 100 requests a day (99) and none to share a batch with, and the queue says real time then',
    ],
  ])('says why: %#', (given, sentence) => {
    expect(adviseRoute({ ...PLAIN, ...given }).sentence).toBe(sentence)
  })
})

const routes = fc.constantFrom('batch' as const, 'realtime' as const)
const spans = fc.integer({ min: 1, max: 30 * 60 * MINUTE_MS })
const questions: fc.Arbitrary<RouteQuestion> = fc.record({
  now: fc.constant(NOW),
  asked: fc.option(routes),
  isAwaited: fc.boolean(),
  deadlineAt: fc.option(
    fc.integer({ min: -MINUTE_MS, max: 40 * 60 * MINUTE_MS }).map((ms) => NOW + ms),
  ),
  turnaround: fc.record({
    likelyMs: spans,
    atMostMs: spans,
    from: fc.constantFrom('prior' as const, 'history' as const),
  }),
  callMs: spans,
  few: fc.option(
    fc.record({
      requestsADay: fc.double({ min: 0, max: 1000, noNaN: true }),
      fewerThan: fc.integer({ min: 0, max: 1000 }),
      canShare: fc.boolean(),
      whenFew: routes,
    }),
  ),
})

describe('whatever is asked', () => {
  test('the advice is explained', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { reason, sentence } = adviseRoute(question)
        expect(reason).not.toBe('')
        expect(sentence).toMatch(/^[a-z].*[^.]$/)
        expect(sentence).not.toMatch(/undefined|NaN|null/)
      }),
    )
  })

  test('a batch that nobody asked for is likely in time, and no route is advised only where none is', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { route, isInTime } = adviseRoute(question)
        if (route === 'batch' && question.asked === null) expect(isInTime).not.toBe(false)
        if (route !== null) return
        expect(isInTime).toBe(false)
        const { asked: _, ...rest } = question
        for (const asked of ['batch', 'realtime'] as const) {
          expect(adviseRoute({ ...rest, asked }).isInTime).toBe(false)
        }
      }),
    )
  })

  test('more time never makes it dearer', () => {
    fc.assert(
      fc.property(questions, spans, (question, more) => {
        fc.pre(question.deadlineAt !== null && question.few === null)
        const { deadlineAt } = question
        const first = adviseRoute(question)
        const later = adviseRoute({ ...question, deadlineAt: (deadlineAt ?? 0) + more })
        if (first.route === 'batch') expect(later.route).toBe('batch')
        if (first.route !== null) expect(later.route).not.toBeNull()
      }),
    )
  })
})
