import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantError } from '../../../src/errors.js'
import type { OutcomeType } from '../../../src/model/outcome.js'
import { DEFAULT_QUEUE_POLICY } from '../../../src/model/queue-policy.js'
import { HOUR_MS, MINUTE_MS } from '../../../src/model/time.js'
import {
  decideOutcome,
  type OutcomeDecision,
  type OutcomeFacts,
} from '../../../src/policy/retry/outcome.js'

const ENDED_AT = 1_000_000
const NOW = ENDED_AT + 5_000

function decide(
  member: Partial<OutcomeFacts['member']>,
  rest: {
    policy?: Partial<OutcomeFacts['policy']>
    submission?: Partial<OutcomeFacts['submission']>
    story?: OutcomeFacts['story']
    now?: number
  } = {},
): OutcomeDecision {
  const facts: OutcomeFacts = {
    member: {
      jobId: null,
      model: 'claude-haiku-4-5',
      outcome: 'errored',
      usability: null,
      errorType: 'api_error',
      maxTokens: 1_000,
      bodyReason: null,
      failureCount: 0,
      expiryCount: 0,
      createdAt: 0,
      cancelRequested: false,
      ...member,
    },
    policy: { ...DEFAULT_QUEUE_POLICY, ...rest.policy },
    story: rest.story,
    submission: { requestCount: 1_000, endedAt: ENDED_AT, jitter: 0.5, ...rest.submission },
  }
  return decideOutcome(facts, rest.now ?? NOW)
}

function done(reason: string, detail: string | null): object {
  return { type: 'done', verdict: { status: 'failed', reason, detail } }
}

describe('an errored line', () => {
  test.each(['invalid_request_error', 'not_found_error', 'permission_error', 'request_too_large'])(
    'of type %s ends the request',
    (errorType) => {
      expect(decide({ errorType })).toEqual(done('errored', errorType))
    },
  )

  test.each([
    'api_error',
    'overloaded_error',
    'timeout_error',
    'rate_limit_error',
    'conflict_error',
    'something_new',
    null,
  ])('of type %s is tried again after a while, and counts', (errorType) => {
    expect(decide({ errorType })).toEqual({
      type: 'waiting',
      notBefore: ENDED_AT + 15_000,
      countAs: 'failure',
      batchLimit: null,
    })
  })

  test.each([
    [0, 15_000],
    [1, 30_000],
    [2, 60_000],
    [6, 960_000],
    [7, 1_800_000],
    [50, 1_800_000],
  ])(
    'after %i failures waits for half of a ceiling that doubles up to an hour',
    (failureCount, wait) => {
      expect(decide({ failureCount }, { policy: { maxFailures: 100 } })).toMatchObject({
        notBefore: ENDED_AT + wait,
      })
    },
  )

  test('is given up with the last failure that the policy allows', () => {
    expect(decide({ failureCount: 1 })).toMatchObject({ type: 'waiting' })
    expect(decide({ failureCount: 2 })).toEqual(done('gave_up', 'api_error'))
    expect(decide({}, { policy: { maxFailures: 1 } })).toEqual(done('gave_up', 'api_error'))
  })

  test('of an unknown type is given up after three, however patient the policy', () => {
    const policy = { maxFailures: 100 }

    expect(decide({ errorType: 'new', failureCount: 1 }, { policy })).toMatchObject({
      type: 'waiting',
    })
    expect(decide({ errorType: 'new', failureCount: 2 }, { policy })).toEqual(
      done('gave_up', 'new'),
    )
    expect(decide({ errorType: null }, { policy: { maxFailures: 1 } })).toEqual(
      done('gave_up', null),
    )
  })

  test.each([
    ['authentication_error', 5 * MINUTE_MS],
    ['billing_error', 15 * MINUTE_MS],
  ])(
    'of type %s is the trouble of the account, so it waits and does not count',
    (errorType, wait) => {
      expect(decide({ errorType, failureCount: 99 })).toEqual({
        type: 'waiting',
        notBefore: ENDED_AT + wait,
        countAs: 'nothing',
        batchLimit: null,
      })
    },
  )

  test.each(['api_error', 'authentication_error', 'something_new'])(
    'of type %s is given up when the time of its queue is over',
    (errorType) => {
      const now = 72 * HOUR_MS

      expect(decide({ errorType }, { now: now - 1 })).toMatchObject({ type: 'waiting' })
      expect(decide({ errorType }, { now })).toEqual(done('gave_up', errorType))
    },
  )
})

describe('an expired line', () => {
  test('waits again at once, and counts as an expiry', () => {
    expect(decide({ outcome: 'expired' })).toEqual({
      type: 'waiting',
      notBefore: ENDED_AT,
      countAs: 'expiry',
      batchLimit: null,
    })
  })

  test.each([
    [1, 100_000, 10_000],
    [1, 11, 2],
    [1, 10, 1],
    [1, 1, 1],
    [5, 1_000, 100],
  ])(
    'after %i expiries before it, out of %i, goes into batches of at most %i',
    (expiryCount, requestCount, batchLimit) => {
      expect(
        decide({ outcome: 'expired', expiryCount }, { submission: { requestCount } }),
      ).toMatchObject({ type: 'waiting', batchLimit })
    },
  )

  test('is given up when the time of its queue is over', () => {
    const now = 72 * HOUR_MS

    expect(decide({ outcome: 'expired' }, { now: now - 1 })).toMatchObject({ type: 'waiting' })
    expect(decide({ outcome: 'expired' }, { now })).toEqual(done('expired', null))
  })
})

describe('what was canceled, and what never came', () => {
  test.each(['canceled', null] as const)(
    '%s waits again at once, uncounted, however old',
    (outcome) => {
      expect(decide({ outcome }, { now: 1_000 * HOUR_MS })).toEqual({
        type: 'waiting',
        notBefore: ENDED_AT,
        countAs: 'nothing',
        batchLimit: null,
      })
    },
  )

  test.each(['errored', 'expired', 'canceled', null] as const)(
    '%s ends canceled when the caller canceled it',
    (outcome) => {
      expect(decide({ outcome, cancelRequested: true })).toEqual({
        type: 'done',
        verdict: { status: 'canceled', reason: 'canceled', detail: null },
      })
    },
  )
})

describe('the decision', () => {
  test('is the same for every page of a submission', () => {
    expect(decide({}, { now: NOW + MINUTE_MS })).toEqual(decide({}))
    expect(decide({}, { submission: { endedAt: null } })).toMatchObject({
      notBefore: NOW + 15_000,
    })
  })

  test('is never asked about a success', () => {
    expect(() => decide({ outcome: 'succeeded' })).toThrow(InvariantError)
  })

  test('never sends early, never waits over an hour, and never raises a batch limit', () => {
    const facts = fc.record({
      outcome: fc.constantFrom<OutcomeType | null>('errored', 'expired', 'canceled', null),
      errorType: fc.constantFrom('api_error', 'billing_error', 'new', null),
      failureCount: fc.nat(100),
      expiryCount: fc.nat(100),
    })
    const requestCount = fc.integer({ min: 1, max: 100_000 })
    const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(facts, requestCount, jitter, (member, count, drawn) => {
        const to = decide(member, {
          policy: { maxFailures: 100 },
          submission: { requestCount: count, jitter: drawn },
        })
        if (to.type !== 'waiting') return
        expect(to.notBefore).toBeGreaterThanOrEqual(ENDED_AT)
        expect(to.notBefore).toBeLessThan(ENDED_AT + HOUR_MS)
        expect(to.batchLimit ?? 1).toBeGreaterThanOrEqual(1)
        expect(to.batchLimit ?? 1).toBeLessThanOrEqual(count)
      }),
    )
  })
})

describe('an answer that was cut off', () => {
  const CUT_OFF = { outcome: 'succeeded', errorType: null, usability: 'cut_off' } as const
  const RAISE = { raiseMaxTokensTo: 4_000 }
  const AS_IT_IS = done('cut_off', 'max_tokens')
  const TOLD = { stopReason: 'max_tokens', reasons: [], model: 'claude-a', problem: null } as const

  test('is asked for once more with a higher cap, as soon as its batch has ended', () => {
    expect(decide(CUT_OFF, { policy: RAISE })).toEqual({
      type: 'raise',
      maxTokens: 4_000,
      notBefore: ENDED_AT,
      otherwise: { status: 'failed', reason: 'cut_off', detail: 'max_tokens' },
    })
  })

  test.each([
    ['whose cap was raised before', { bodyReason: 'cut_off_raised' as const }, {}],
    ['whose cap is as high', { maxTokens: 4_000 }, {}],
    ['that nobody wants any more', { cancelRequested: true }, {}],
    ['of a queue that raises no caps by now', {}, { policy: { raiseMaxTokensTo: 0 } }],
    ['of a request whose time is over', {}, { policy: { ...RAISE, giveUpAfterMs: NOW } }],
  ])('%s ends its request', (_, member, rest) => {
    expect(decide({ ...CUT_OFF, ...member }, { policy: RAISE, ...rest })).toEqual(AS_IT_IS)
  })

  test.each([
    ['as high as its model allows', 2_000, { type: 'raise', maxTokens: 2_000 }],
    ['as high as its queue says, where its model allows more', 8_000, { maxTokens: 4_000 }],
    ['not at all where it had all that its model allows', 1_024, AS_IT_IS],
  ])('is asked for with a cap %s', (_, mostTokens, expected) => {
    const member = { ...CUT_OFF, maxTokens: 1_024 }
    const story = { ...TOLD, mostTokens }
    expect(decide(member, { policy: RAISE, story })).toMatchObject(expected)
  })

  test('whose cap somebody raised by hand is asked for once more', () => {
    const member = { ...CUT_OFF, bodyReason: 'max_tokens' as const }
    expect(decide(member, { policy: RAISE }).type).toBe('raise')
  })

  test('counts as an answer where the queue has come to accept it', () => {
    expect(decide(CUT_OFF, { policy: { ...RAISE, accept: ['cut_off'] } })).toMatchObject({
      verdict: { status: 'succeeded', reason: 'cut_off' },
    })
  })
})

describe('an answer that paused', () => {
  const PAUSED = { outcome: 'succeeded', errorType: null, usability: 'cut_off' } as const
  const story = {
    stopReason: 'pause_turn',
    reasons: [],
    model: 'claude-a',
    mostTokens: null,
    problem: null,
  } as const
  const policy = { continueAtMost: 2, raiseMaxTokensTo: 4_000 }
  const AS_IT_IS = done('cut_off', 'pause_turn')

  test('goes on as soon as its batch has ended, with the cap that it had', () => {
    expect(decide(PAUSED, { policy, story })).toEqual({
      ...{ type: 'continue', maxTokens: 1_000, notBefore: ENDED_AT },
      otherwise: { status: 'failed', reason: 'cut_off', detail: 'pause_turn' },
    })
  })

  test('goes on as often as the policy says, whatever else was changed in between', () => {
    const once = ['pause_continued', 'cut_off_raised'] as const
    expect(decide(PAUSED, { policy, story: { ...story, reasons: once } }).type).toBe('continue')
    const twice = { ...story, reasons: [...once, 'pause_continued'] as const }
    expect(decide(PAUSED, { policy, story: twice })).toEqual(AS_IT_IS)
  })

  test.each([
    ['that nobody wants any more', { cancelRequested: true }, {}],
    ['of a queue that never goes on', {}, { continueAtMost: 0 }],
    ['of a request whose time is over', {}, { giveUpAfterMs: NOW }],
  ])('%s ends its request', (_, member, other) => {
    const rest = { policy: { ...policy, ...other }, story }
    expect(decide({ ...PAUSED, ...member }, rest)).toEqual(AS_IT_IS)
  })

  test('may be cut off by its cap later, which is raised once over all of its attempts', () => {
    const cut = { ...story, stopReason: 'max_tokens', reasons: ['pause_continued'] } as const
    const member = { ...PAUSED, bodyReason: 'pause_continued' as const }
    expect(decide(member, { policy, story: cut }).type).toBe('raise')
    const raised = { ...cut, reasons: ['cut_off_raised', 'pause_continued'] as const }
    expect(decide(member, { policy, story: raised })).toEqual(done('cut_off', 'max_tokens'))
  })
})

describe('an answer that was refused', () => {
  const REFUSED = { outcome: 'succeeded', errorType: null, usability: 'refused' } as const
  const story = {
    stopReason: 'refusal',
    reasons: [],
    model: 'claude-a',
    mostTokens: null,
    problem: null,
  } as const
  const policy = { askRefusedOf: 'claude-b' }
  const AS_IT_IS = done('refused', 'refusal')

  test('is asked of another model as soon as its batch has ended, with the cap that it had', () => {
    expect(decide(REFUSED, { policy, story })).toEqual({
      ...{ type: 'other_model', model: 'claude-b', maxTokens: 1_000, notBefore: ENDED_AT },
      otherwise: { status: 'failed', reason: 'refused', detail: 'refusal' },
    })
  })

  test.each([
    ['that nobody wants any more', { cancelRequested: true }, {}, story],
    ['of a queue that asks nobody else', {}, { askRefusedOf: null }, story],
    ['of a request whose time is over', {}, { giveUpAfterMs: NOW }, story],
    ['of the other model too', {}, {}, { ...story, reasons: ['refused_other_model'] as const }],
    ['whose line is gone', {}, {}, undefined],
  ])('%s ends its request', (_, member, other, told) => {
    const rest = { policy: { ...policy, ...other }, story: told }
    expect(decide({ ...REFUSED, ...member }, rest)).toEqual(AS_IT_IS)
  })
})

describe('an answer of the wrong form', () => {
  const INVALID = { outcome: 'succeeded', errorType: null, usability: 'output_invalid' } as const
  const problem = 'urgency: expected a number'
  const story = {
    stopReason: 'end_turn',
    reasons: [],
    model: 'claude-a',
    mostTokens: null,
    problem,
  } as const
  const policy = { outputSchema: { type: 'object' } }
  const AS_IT_IS = done('output_invalid', problem)

  test('goes back with what is wrong with it as soon as its batch has ended', () => {
    expect(decide(INVALID, { policy, story })).toEqual({
      ...{ type: 'repair', problem, maxTokens: 1_000, notBefore: ENDED_AT },
      otherwise: { status: 'failed', reason: 'output_invalid', detail: problem },
    })
  })

  test('does so after its request was raised or asked of another model', () => {
    const reasons = ['cut_off_raised', 'refused_other_model'] as const
    expect(decide(INVALID, { policy, story: { ...story, reasons } }).type).toBe('repair')
  })

  test.each([
    ['that nobody wants any more', { cancelRequested: true }, {}, story, AS_IT_IS],
    ['of a queue that takes any text now', {}, { outputSchema: null }, story, AS_IT_IS],
    ['of a request whose time is over', {}, { giveUpAfterMs: NOW }, story, AS_IT_IS],
    ['that was sent back once', {}, {}, { ...story, reasons: ['output_repaired'] }, AS_IT_IS],
    [
      'that its queue would take now',
      {},
      {},
      { ...story, problem: null },
      done('output_invalid', null),
    ],
    ['whose line is gone', {}, {}, undefined, done('output_invalid', null)],
  ] as const)('%s ends its request', (_, member, other, told, end) => {
    const rest = { policy: { ...policy, ...other }, story: told }
    expect(decide({ ...INVALID, ...member }, rest)).toEqual(end)
  })
})
