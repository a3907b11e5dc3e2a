import { expect, test } from 'vitest'
import { laneKey } from '../../../src/model/lane.js'
import { hedgeLane } from '../../../src/policy/hedging.js'
import { attemptPolicyOf, type PolicyFacts } from '../../../src/policy/retry/attempt-policy.js'

const NO_ATTEMPT = { number: 1, bodyId: 7, outcome: null, withdrawn: false, possiblyPaid: false }
const COLLECTED = {
  ...({ state: 'collected', twinOf: null, orphan: false, sendStartedAt: 1 } as const),
  lane: laneKey({}),
} as const

function life(
  attempt: Partial<PolicyFacts['attempt']>,
  submission: Partial<PolicyFacts['submission']> = {},
): PolicyFacts {
  return { attempt: { ...NO_ATTEMPT, ...attempt }, submission: { ...COLLECTED, ...submission } }
}

const SECOND = life({ number: 2 }, { state: 'in_progress' })
const RAISED = life({ number: 2, bodyId: 8 })
const CHILD = [{ bodyId: 8, reason: 'cut_off_raised' }] as const

test.each([
  ['errored_retry', life({ outcome: 'errored' })],
  ['expired_retry', life({ outcome: 'expired' })],
  ['canceled_retry', life({ outcome: 'canceled' })],
  ['unanswered_retry', life({})],
  ['refused_resend', life({}, { state: 'rejected' })],
  ['lost_resend', life({}, { state: 'lost' })],
  ['lost_resend', life({ outcome: 'succeeded' }, { orphan: true })],
  ['taken_apart', life({ withdrawn: true }, { state: 'sealed' })],
  ['taken_apart', life({}, { state: 'dissolved' })],
])('a second attempt is a %s', (policy, first) => {
  expect(attemptPolicyOf(SECOND, [first, SECOND], [])).toBe(policy)
})

test.each(['cut_off_raised', 'pause_continued', 'refused_other_model'] as const)(
  'one with another body is a %s',
  (reason) => {
    const first = life({ outcome: 'succeeded' })
    expect(attemptPolicyOf(RAISED, [first, RAISED], [{ bodyId: 8, reason }])).toBe(reason)
  },
)

test('one with the same body after that is named by how the one before it ended', () => {
  const third = life({ number: 3, bodyId: 8 })
  const second = life({ number: 2, bodyId: 8, outcome: 'expired' })
  const lives = [life({ outcome: 'succeeded' }), second, third]
  expect(attemptPolicyOf(third, lives, CHILD)).toBe('expired_retry')
})

test('one of a batch that was repeated, or that the store did not send, says so', () => {
  const twin = life({ number: 2 }, { twinOf: 5 as never })
  expect(attemptPolicyOf(twin, [life({}), twin], [])).toBe('sent_twice')
  const found = life({ number: 2 }, { orphan: true, sendStartedAt: null })
  expect(attemptPolicyOf(found, [life({}), found], [])).toBe('taken_in')
})

test('what a twin brought is no reason for another attempt', () => {
  const twin = life({ number: 2, outcome: 'errored' }, { twinOf: 5 as never })
  const third = life({ number: 3 })
  expect(attemptPolicyOf(third, [life({ outcome: 'expired' }), twin, third], [])).toBe(
    'expired_retry',
  )
})

test('one whose first send only a twin tells of, in a store that was put back, goes on from that', () => {
  const twin = life({ outcome: 'canceled' }, { twinOf: 5 as never, orphan: true })
  expect(attemptPolicyOf(SECOND, [twin, SECOND], [])).toBe('lost_resend')
})

test.each([
  ['follows a success', SECOND, life({ outcome: 'succeeded' })],
  ['has a raised cap after an answer that never came', RAISED, life({ outcome: 'expired' })],
  ['follows one that may have been paid', SECOND, life({ possiblyPaid: true })],
  ['is the first', life({ number: 1 }), SECOND],
])('none accounts for one that %s', (_, attempt, other) => {
  expect(attemptPolicyOf(attempt, [other, attempt], CHILD)).toBeNull()
})

test('a call beside a batch is hedged, and what follows it follows from the batch', () => {
  const batch = life({ outcome: 'expired' })
  const call = life({ number: 2 }, { lane: hedgeLane(laneKey({})), state: 'rejected' })
  const third = life({ number: 3 }, { state: 'in_progress' })
  const all = [batch, call, third]
  expect(all.map((each) => attemptPolicyOf(each, all, []))).toEqual([
    null,
    'hedged',
    'expired_retry',
  ])
})

test('an answer of either that was cut off is what a higher cap follows', () => {
  const batch = life({ outcome: 'expired' })
  const call = life({ number: 2, outcome: 'succeeded' }, { lane: hedgeLane(laneKey({})) })
  const raised = life({ number: 3, bodyId: 8 })
  expect(attemptPolicyOf(raised, [batch, call, raised], CHILD)).toBe('cut_off_raised')
})
