import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttemptRef,
  isSameAttempt,
  type NanoUsd,
  type OutcomeType,
  type SettleEffect,
  type SettleFacts,
  type SettleLine,
  settleLine,
  type Verdict,
} from '../../src/index.js'

const self: AttemptRef = { submissionId: 2, ordinal: 0 }
const earlier: AttemptRef = { submissionId: 1, ordinal: 5 }
const good: Verdict = { status: 'succeeded', reason: 'usable', detail: null }
const bad: Verdict = { status: 'failed', reason: 'cut_off', detail: 'max_tokens' }

function facts(overrides: {
  readonly attempt?: Partial<SettleFacts['attempt']>
  readonly request?: Partial<SettleFacts['request']>
  readonly otherLive?: number
  readonly successes?: SettleFacts['successes']
}): SettleFacts {
  return {
    self,
    attempt: {
      outcome: null,
      released: false,
      bodyId: 1,
      sameBytes: null,
      hasCost: false,
      ...overrides.attempt,
    },
    request: { state: 'assigned', result: null, ...overrides.request },
    otherLive: overrides.otherLive ?? 0,
    successes: overrides.successes ?? [],
  }
}

const cost = { costNano: 5 as NanoUsd }
const success: SettleLine = { outcome: 'succeeded', verdict: good, ...cost }
const unusable: SettleLine = { outcome: 'succeeded', verdict: null, ...cost }
const givenUp: SettleLine = { outcome: 'succeeded', verdict: bad, ...cost }

// What is recorded, whether it was released, whether the bytes are the same, what comes, what that is.
test.each([
  [null, false, null, 'succeeded', 'fresh'],
  [null, true, null, 'succeeded', 'fresh'],
  [null, false, null, 'errored', 'fresh'],
  ['succeeded', true, true, 'succeeded', 'duplicate'],
  ['succeeded', false, true, 'succeeded', 'duplicate'],
  ['errored', false, true, 'errored', 'duplicate'],
  ['succeeded', false, false, 'succeeded', 'conflict'],
  ['succeeded', false, false, 'errored', 'conflict'],
  ['errored', false, false, 'expired', 'conflict'],
  ['errored', false, false, 'succeeded', 'fresh'],
  ['expired', false, false, 'succeeded', 'fresh'],
  ['canceled', false, false, 'succeeded', 'fresh'],
  ['errored', true, false, 'succeeded', 'conflict'],
] as const)('recorded %s (released: %s, same bytes: %s), then %s: %s', (...row) => {
  const [outcome, released, sameBytes, comes, expected] = row
  const line: SettleLine =
    comes === 'succeeded' ? success : { outcome: comes, verdict: null, ...cost }
  const effect = settleLine(
    facts({ attempt: { outcome, released, sameBytes, hasCost: true } }),
    line,
  )
  expect(effect.type).toBe(expected)
})

// What is recorded, whether it has a cost, whether the bytes are the same, what cost comes, what that is.
test.each([
  ['succeeded', false, true, 5, 'priced'],
  ['succeeded', false, true, 0, 'priced'],
  ['succeeded', true, true, 5, 'duplicate'],
  ['succeeded', false, true, null, 'duplicate'],
  ['errored', false, true, 5, 'duplicate'],
  ['succeeded', false, false, 5, 'conflict'],
] as const)('recorded %s (with a cost: %s, same bytes: %s), cost %s comes: %s', (...row) => {
  const [outcome, hasCost, sameBytes, nano, expected] = row
  const line: SettleLine = { outcome, verdict: null, costNano: nano as NanoUsd | null }
  const effect = settleLine(facts({ attempt: { outcome, sameBytes, hasCost } }), line)
  expect(effect).toEqual({ type: expected })
})

test.each(['errored', 'canceled', 'expired'] satisfies OutcomeType[])(
  '%s is only noted',
  (outcome) => {
    expect(settleLine(facts({}), { outcome, verdict: null, ...cost })).toEqual({
      type: 'fresh',
      releases: false,
      waste: false,
      turnsToWaste: [],
      request: { type: 'none' },
    })
  },
)

test.each([
  ['a usable success ends its request', success, {}, { type: 'done', verdict: good }, true],
  [
    'also one that waits again',
    success,
    { request: { state: 'waiting' as const } },
    { type: 'done', verdict: good },
    true,
  ],
  [
    'also while another attempt is live',
    success,
    { otherLive: 1 },
    { type: 'done', verdict: good },
    true,
  ],
  [
    'a request that is done stays so',
    success,
    { request: { state: 'done' as const } },
    { type: 'none' },
    true,
  ],
  ['a success with a retry left is noted', unusable, {}, { type: 'none' }, false],
  [
    'noted for a done request it lets go',
    unusable,
    { request: { state: 'done' as const } },
    { type: 'none' },
    true,
  ],
  ['a success without a retry left fails', givenUp, {}, { type: 'done', verdict: bad }, true],
  [
    'but waits for a live attempt',
    givenUp,
    { otherLive: 1 },
    { type: 'keep_verdict', verdict: bad },
    true,
  ],
] as const)('%s', (_, line, given, request, releases) => {
  expect(settleLine(facts(given), line)).toMatchObject({ type: 'fresh', request, releases })
})

test('of one body one success is worth its money: the one that the request ended with', () => {
  const before = { ref: earlier, bodyId: 1, waste: false }
  expect(settleLine(facts({ successes: [before] }), success)).toMatchObject({
    waste: false,
    turnsToWaste: [earlier],
  })
  expect(settleLine(facts({ successes: [{ ...before, waste: true }] }), success)).toMatchObject({
    waste: false,
    turnsToWaste: [],
  })
})

test('a further success that does not end the request is waste, unless its body was another', () => {
  const before = { ref: earlier, bodyId: 1, waste: false }
  const done = { request: { state: 'done' as const, result: earlier } }
  expect(settleLine(facts({ ...done, successes: [before] }), success)).toMatchObject({
    waste: true,
    turnsToWaste: [],
  })
  expect(settleLine(facts({ successes: [before] }), unusable)).toMatchObject({ waste: true })
  const other = { ...before, bodyId: 9 }
  expect(settleLine(facts({ ...done, successes: [other] }), success)).toMatchObject({
    waste: false,
  })
  expect(settleLine(facts({ successes: [other] }), success)).toMatchObject({ turnsToWaste: [] })
})

test('two names of one attempt are the same, none is nobody', () => {
  expect(isSameAttempt({ ...self }, self)).toBe(true)
  expect(isSameAttempt(earlier, self)).toBe(false)
  expect(isSameAttempt({ ...self, ordinal: 1 }, self)).toBe(false)
  expect(isSameAttempt(null, self)).toBe(false)
})

const anyLine = fc.record({
  bodyId: fc.integer({ min: 1, max: 2 }),
  verdict: fc.constantFrom<Verdict | null>(good, bad, null),
})

test('whatever successes come for a request, each body ends with one that is not waste', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { minLength: 1, maxLength: 6 }), (lines) => {
      const booked: { ref: AttemptRef; bodyId: number; waste: boolean }[] = []
      let state: SettleFacts['request']['state'] = 'assigned'
      let result: AttemptRef | null = null
      for (const [ordinal, { bodyId, verdict }] of lines.entries()) {
        const ref = { submissionId: 1, ordinal }
        const effect: SettleEffect = settleLine(
          {
            self: ref,
            attempt: { outcome: null, released: false, bodyId, sameBytes: null, hasCost: false },
            request: { state, result },
            otherLive: 0,
            successes: [...booked],
          },
          { outcome: 'succeeded', verdict, ...cost },
        )
        expect(effect.type).toBe('fresh')
        if (effect.type !== 'fresh') continue
        for (const other of booked) {
          if (effect.turnsToWaste.some((turned) => isSameAttempt(turned, other.ref))) {
            other.waste = true
          }
        }
        booked.push({ ref, bodyId, waste: effect.waste })
        if (effect.request.type !== 'done') continue
        expect(state).not.toBe('done')
        state = 'done'
        result = ref
      }
      for (const bodyId of new Set(booked.map((each) => each.bodyId))) {
        const worth = booked.filter((each) => each.bodyId === bodyId && !each.waste)
        expect(worth).toHaveLength(1)
      }
      const ending = booked.find((each) => isSameAttempt(result, each.ref))
      if (state === 'done') expect(ending?.waste).toBe(false)
    }),
  )
})

test('a success that is left for the close ends its request at once when its attempt was let go before it came', () => {
  const late = { ...unusable, lateVerdict: bad }
  const whenLive = settleLine(facts({}), late)
  expect(whenLive).toMatchObject({ type: 'fresh', releases: false, request: { type: 'none' } })
  const letGo = { attempt: { released: true } }
  const done = { type: 'done', verdict: bad }
  expect(settleLine(facts(letGo), late)).toMatchObject({ type: 'fresh', request: done })
  const kept = { type: 'keep_verdict', verdict: bad }
  expect(settleLine(facts({ ...letGo, otherLive: 1 }), late)).toMatchObject({ request: kept })
  // One that ends its request in any case has no other end.
  const both = { ...success, lateVerdict: bad }
  expect(settleLine(facts(letGo), both)).toMatchObject({ request: { type: 'done', verdict: good } })
})
