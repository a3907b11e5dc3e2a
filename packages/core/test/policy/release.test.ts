import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CANCELED,
  NO_SEARCH,
  type OutcomeType,
  type ReleaseDecision,
  type ReleaseFacts,
  type ReleaseTo,
  type RequestState,
  releaseMember,
  type Verdict,
} from '../../src/index.js'
import { failsLostMembers } from '../../src/policy/release.js'

const kept: Verdict = { status: 'failed', reason: 'refused', detail: null }
const forGood: Verdict = { status: 'failed', reason: 'errored', detail: 'invalid_request_error' }
const back: ReleaseTo = { type: 'waiting', notBefore: 5, countAs: 'failure', batchLimit: 10 }
const done: ReleaseTo = { type: 'done', verdict: forGood }

function facts(overrides: {
  readonly attempt?: Partial<ReleaseFacts['attempt']>
  readonly request?: Partial<ReleaseFacts['request']>
  readonly otherLive?: number
}): ReleaseFacts {
  return {
    attempt: { outcome: 'errored', released: false, ...overrides.attempt },
    request: { state: 'assigned', cancelRequested: false, verdict: null, ...overrides.request },
    otherLive: overrides.otherLive ?? 0,
  }
}

function decide(to: ReleaseTo, outcome: OutcomeType | null = 'errored'): ReleaseDecision {
  return { outcome, to }
}

test('a member waits again, and the reason is counted', () => {
  expect(releaseMember(facts({}), decide(back))).toEqual({
    type: 'release',
    countAs: 'failure',
    request: { type: 'waiting', notBefore: 5, batchLimit: 10 },
  })
})

test('a verdict for good ends the request and counts nothing', () => {
  expect(releaseMember(facts({}), decide(done))).toEqual({
    type: 'release',
    countAs: 'nothing',
    request: { type: 'done', verdict: forGood },
  })
})

test.each([
  ['it was let go before', { attempt: { released: true } }, 'errored'],
  ['a line came since', { attempt: { outcome: 'succeeded' as const } }, 'errored'],
  ['a line came where none was', {}, null],
] as const)('a decision is skipped: %s', (_, given, outcome) => {
  expect(releaseMember(facts(given), decide(back, outcome))).toEqual({ type: 'skip' })
})

// What is asked, what is true of the request, what becomes of it.
test.each([
  [
    'waiting for a flagged one',
    back,
    { cancelRequested: true },
    0,
    { type: 'done', verdict: CANCELED },
  ],
  [
    'a verdict for a flagged one',
    done,
    { cancelRequested: true },
    0,
    { type: 'done', verdict: CANCELED },
  ],
  [
    'waiting for one with a kept verdict',
    back,
    { verdict: kept },
    0,
    { type: 'done', verdict: kept },
  ],
  [
    'a verdict for one with a kept verdict',
    done,
    { verdict: kept },
    0,
    { type: 'done', verdict: kept },
  ],
  ['waiting while another is live', back, {}, 1, { type: 'none' }],
  ['a verdict while another is live', done, {}, 1, { type: 'keep_verdict', verdict: forGood }],
  [
    'waiting for a flagged one while another is live',
    back,
    { cancelRequested: true },
    1,
    { type: 'none' },
  ],
  ['waiting for a done one', back, { state: 'done' as const }, 0, { type: 'none' }],
  ['a verdict for a done one', done, { state: 'done' as const }, 0, { type: 'none' }],
  [
    'a verdict for a done one while another is live',
    done,
    { state: 'done' as const },
    2,
    { type: 'none' },
  ],
] as const)('%s', (_, to, request, otherLive, expected) => {
  expect(releaseMember(facts({ request, otherLive }), decide(to))).toMatchObject({
    type: 'release',
    request: expected,
  })
})

test('a failure counts though the request does not move', () => {
  expect(releaseMember(facts({ otherLive: 1 }), decide(back))).toMatchObject({ countAs: 'failure' })
})

test('a done request never moves, a flagged one never waits, and only the last live attempt ends one', () => {
  const anyFacts = fc.record({
    attempt: fc.record({
      outcome: fc.constantFrom<OutcomeType | null>('errored', 'expired', null),
      released: fc.boolean(),
    }),
    request: fc.record({
      state: fc.constantFrom<RequestState>('waiting', 'assigned', 'done'),
      cancelRequested: fc.boolean(),
      verdict: fc.constantFrom(kept, null),
    }),
    otherLive: fc.integer({ min: 0, max: 2 }),
  })
  const anyDecision = fc.record({
    outcome: fc.constantFrom<OutcomeType | null>('errored', 'expired', null),
    to: fc.constantFrom(back, done),
  })
  fc.assert(
    fc.property(anyFacts, anyDecision, (given, decision) => {
      const effect = releaseMember(given, decision)
      const fits = !given.attempt.released && given.attempt.outcome === decision.outcome
      expect(effect.type).toBe(fits ? 'release' : 'skip')
      if (effect.type === 'skip') return
      const { type } = effect.request
      if (given.request.state === 'done') expect(type).toBe('none')
      if (given.request.cancelRequested) expect(type).not.toBe('waiting')
      if (type === 'waiting' || type === 'done') expect(given.otherLive).toBe(0)
    }),
  )
})

test.each([
  ['resend', false, undefined, false],
  ['resend', true, undefined, false],
  ['wait', false, undefined, false],
  ['wait', true, undefined, true],
  ['wait', true, 'resend', false],
  ['ask', false, 'resend', false],
  ['ask', false, 'fail', true],
  ['resend', true, 'fail', true],
] as const)(
  'members of a lost one fail or wait: policy %s, possibly paid %s, decided %s',
  (onLostAnswer, possiblyPaid, decision, fails) => {
    const search = { ...NO_SEARCH, decision }
    expect(failsLostMembers({ possiblyPaid, search }, onLostAnswer)).toBe(fails)
  },
)

const otherwise: Verdict = { status: 'failed', reason: 'cut_off', detail: 'max_tokens' }
const raised: ReleaseTo = {
  ...{ type: 'waiting', notBefore: 5, countAs: 'nothing', batchLimit: null },
  changed: {
    ...{ reason: 'cut_off_raised', body: new Uint8Array(3), itemBytes: 100, maxTokens: 4_000 },
    otherwise,
  },
}
const cutOff = { attempt: { outcome: 'succeeded', released: false } } as const

function requestAfter(given: Parameters<typeof facts>[0]): unknown {
  const effect = releaseMember(facts({ ...cutOff, ...given }), decide(raised, 'succeeded'))
  return effect.type === 'release' ? effect.request : effect
}

test('a member waits with what it asks from now on', () => {
  const { changed } = raised
  expect(requestAfter({})).toEqual({ type: 'waiting', notBefore: 5, batchLimit: null, changed })
})

test('what it would end with is kept while another attempt is live', () => {
  expect(requestAfter({ otherLive: 1 })).toEqual({ type: 'keep_verdict', verdict: otherwise })
})

test('a paid answer is kept of a request that its caller canceled', () => {
  expect(requestAfter({ request: { cancelRequested: true } })).toEqual({
    type: 'done',
    verdict: otherwise,
  })
})
