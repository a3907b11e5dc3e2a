import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyEvidence,
  canSubmissionMove,
  type Evidence,
  type EvidenceEffect,
  type EvidenceFacts,
  laneKey,
  NO_SEARCH,
  type ProviderError,
  type RemoteBatch,
  type RemoteId,
  type SubmissionState,
  stateOfRemote,
} from '../../src/index.js'
import { RECLAIM_WINDOW_MS } from '../../src/policy/evidence.js'

const NOW = 1_800_000_000_000
const id = 'msgbatch_1' as RemoteId
const error: ProviderError = {
  status: 500,
  type: 'api_error',
  code: null,
  message: 'x',
  requestId: null,
  retryAfterMs: null,
}

function batch(overrides: Partial<RemoteBatch> = {}): RemoteBatch {
  return {
    id,
    status: 'in_progress',
    counts: { processing: 3, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    createdAt: NOW - 9_000,
    expiresAt: NOW + 86_391_000,
    endedAt: null,
    cancelInitiatedAt: null,
    archivedAt: null,
    ...overrides,
  }
}

function facts(state: SubmissionState, overrides: Partial<EvidenceFacts> = {}): EvidenceFacts {
  return {
    state,
    remoteId: null,
    sendNotAfterAt: NOW - 1_000,
    search: NO_SEARCH,
    lane: laneKey({}),
    ...overrides,
  }
}

const evidences: Readonly<Record<Evidence['type'], Evidence>> = {
  accepted: { type: 'accepted', batch: batch() },
  found: { type: 'found', batch: batch({ status: 'ended', endedAt: NOW - 5 }) },
  refused: { type: 'refused', error },
  not_sent: { type: 'not_sent', error },
  ambiguous: { type: 'ambiguous', error },
  decided: { type: 'decided', decision: 'resend' },
}

/** What the effect is, in a word: its type, or the state that it sets. */
function word(effect: EvidenceEffect): string {
  if (effect.type !== 'applied') return effect.type
  return effect.changes.orphan === true ? `${effect.changes.state}, orphan` : effect.changes.state
}

// Rows: the state before, no id known. Columns: accepted, found (ended), refused, not_sent, ambiguous.
test.each([
  ['filling', 'unknown_nonce', 'unknown_nonce', 'known', 'known', 'known'],
  ['sealed', 'unknown_nonce', 'unknown_nonce', 'known', 'known', 'known'],
  ['dissolved', 'unknown_nonce', 'unknown_nonce', 'known', 'known', 'known'],
  ['sending', 'in_progress', 'ended', 'rejected', 'rejected', 'ambiguous'],
  ['ambiguous', 'in_progress', 'ended', 'rejected', 'rejected', 'known'],
  ['rejected', 'in_progress, orphan', 'ended, orphan', 'known', 'known', 'known'],
  ['lost', 'in_progress, orphan', 'ended, orphan', 'known', 'known', 'known'],
] as const)(
  'a %s submission without an id',
  (state, accepted, found, refused, notSent, ambiguous) => {
    const effects = ['accepted', 'found', 'refused', 'not_sent', 'ambiguous'] as const
    expect(effects.map((type) => word(applyEvidence(facts(state), evidences[type], NOW)))).toEqual([
      accepted,
      found,
      refused,
      notSent,
      ambiguous,
    ])
  },
)

test.each(['in_progress', 'canceling', 'ended', 'collected'] as const)(
  'a %s submission keeps its id: the same one is known, another one is a twin',
  (state) => {
    const known = facts(state, { remoteId: id })
    for (const evidence of Object.values(evidences)) {
      expect(applyEvidence(known, evidence, NOW)).toEqual({ type: 'known' })
    }
    const other: Evidence = { type: 'found', batch: batch({ id: 'msgbatch_2' as RemoteId }) }
    expect(applyEvidence(known, other, NOW)).toEqual({ type: 'twin' })
  },
)

test('an acceptance sets every column of the batch, and the next step to now', () => {
  expect(applyEvidence(facts('sending'), evidences.accepted, NOW)).toEqual({
    type: 'applied',
    changes: {
      state: 'in_progress',
      remoteId: id,
      remoteStatus: 'in_progress',
      remoteCreatedAt: NOW - 9_000,
      remoteExpiresAt: NOW + 86_391_000,
      remoteEndedAt: null,
      remoteArchivedAt: null,
      counts: batch().counts,
      endedAt: null,
      nextStepAt: NOW,
    },
  })
})

test('a refusal sets the error and the instant of the verdict, a lost answer no verdict', () => {
  expect(applyEvidence(facts('sending'), evidences.refused, NOW)).toEqual({
    type: 'applied',
    changes: { state: 'rejected', error, nextStepAt: NOW, verdictAt: NOW },
  })
  expect(applyEvidence(facts('sending'), evidences.ambiguous, NOW)).toEqual({
    type: 'applied',
    changes: { state: 'ambiguous', error, nextStepAt: NOW },
  })
})

test('a submission that has an id is not refused, whatever else is known of it', () => {
  for (const type of ['refused', 'not_sent'] as const) {
    const effect = applyEvidence(facts('sending', { remoteId: id }), evidences[type], NOW)
    expect(effect).toEqual({ type: 'known' })
  }
})

test.each([
  ['at the end of the window', NOW - RECLAIM_WINDOW_MS, true],
  ['just after it', NOW - RECLAIM_WINDOW_MS - 1, false],
  ['when the last byte is still to come', NOW + 1, true],
  ['when no send is known', null, false],
])('members of an orphan are taken back or not: %s', (_, sendNotAfterAt, reclaimPending) => {
  const effect = applyEvidence(facts('lost', { sendNotAfterAt }), evidences.found, NOW)
  expect(effect).toMatchObject({ changes: { orphan: true, reclaimPending } })
})

test('a batch that is being canceled when it is found is running still', () => {
  expect(stateOfRemote('canceling')).toBe('in_progress')
  const found: Evidence = { type: 'found', batch: batch({ status: 'canceling' }) }
  expect(applyEvidence(facts('ambiguous'), found, NOW)).toMatchObject({
    changes: { state: 'in_progress', remoteStatus: 'canceling', endedAt: null },
  })
})

const anyEvidence = fc.constantFrom(...Object.values(evidences))

test('in whatever order evidence comes, moves are legal and an id that is known stays', () => {
  const start = fc.constantFrom<SubmissionState>('sending', 'ambiguous', 'rejected', 'lost')
  fc.assert(
    fc.property(start, fc.array(anyEvidence, { maxLength: 8 }), (state, pieces) => {
      let current = facts(state)
      for (const evidence of pieces) {
        const effect = applyEvidence(current, evidence, NOW)
        if (effect.type !== 'applied') continue
        expect(canSubmissionMove(current.state, effect.changes.state)).toBe(true)
        expect(current.remoteId).toBeNull()
        current = { ...current, ...effect.changes }
      }
    }),
  )
})

test('repeating a piece of evidence is known, and any acceptance among others wins', () => {
  fc.assert(
    fc.property(fc.array(anyEvidence, { minLength: 1, maxLength: 8 }), (pieces) => {
      let current = facts('sending')
      for (const evidence of pieces) {
        const effect = applyEvidence(current, evidence, NOW)
        if (effect.type === 'applied') current = { ...current, ...effect.changes }
        expect(applyEvidence(current, evidence, NOW).type).toBe('known')
      }
      const isFound = pieces.some(({ type }) => type === 'accepted' || type === 'found')
      expect(current.remoteId).toBe(isFound ? id : null)
    }),
  )
})

test.each([
  ['resend', false],
  ['fail', true],
] as const)('a person who was asked decides: %s', (decision, possiblyPaid) => {
  const search = { ...NO_SEARCH, askingSince: NOW - 5 }
  const effect = applyEvidence(facts('ambiguous', { search }), { type: 'decided', decision }, NOW)
  expect(effect).toEqual({
    type: 'applied',
    changes: {
      state: 'lost',
      verdictAt: NOW,
      nextStepAt: NOW,
      possiblyPaid,
      search: { ...search, decision },
    },
  })
})

test('requests that are sent again although a batch of theirs vanished unread are booked as possibly paid', () => {
  const gone = { createdAt: 1, unreadableFetches: 9, firstUnreadableAt: 2, vanished: true }
  const search = { ...NO_SEARCH, askingSince: NOW - 5, candidates: [{ remoteId: id, ...gone }] }
  const effect = applyEvidence(facts('ambiguous', { search }), evidences.decided, NOW)
  expect(effect).toMatchObject({ changes: { state: 'lost', possiblyPaid: true } })
})

test('a decision that nobody asked for, or that comes after an id, changes nothing', () => {
  const search = { ...NO_SEARCH, askingSince: NOW - 5 }
  const known = { type: 'known' }
  expect(applyEvidence(facts('ambiguous'), evidences.decided, NOW)).toEqual(known)
  const found = facts('ambiguous', { search, remoteId: id })
  expect(applyEvidence(found, evidences.decided, NOW)).toEqual(known)
  for (const state of ['filling', 'sealed', 'sending', 'rejected', 'lost', 'ended'] as const) {
    expect(applyEvidence(facts(state, { search }), evidences.decided, NOW)).toEqual(known)
  }
})
