import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  applyPoll,
  canSubmissionMove,
  type PollFacts,
  type RemoteBatch,
  type RemoteId,
  type RemoteStatus,
} from '../../src/index.js'

const NOW = 1_800_000_000_000
const id = 'msgbatch_1' as RemoteId

function batch(status: RemoteStatus, overrides: Partial<RemoteBatch> = {}): RemoteBatch {
  return {
    id,
    status,
    counts: { processing: 0, succeeded: 2, errored: 0, canceled: 0, expired: 0 },
    createdAt: NOW - 9_000,
    expiresAt: NOW + 86_391_000,
    endedAt: status === 'ended' ? NOW - 10 : null,
    cancelInitiatedAt: null,
    archivedAt: null,
    ...overrides,
  }
}

const running: PollFacts = {
  state: 'in_progress',
  remoteId: id,
  remoteStatus: 'in_progress',
  polledAt: NOW - 1_000,
}

test('a poll brings all that the provider said, and when it was asked', () => {
  const remote = batch('in_progress')
  expect(applyPoll(running, { askedAt: NOW - 500, batch: remote }, NOW)).toEqual({
    state: 'in_progress',
    remoteId: id,
    remoteStatus: 'in_progress',
    remoteCreatedAt: remote.createdAt,
    remoteExpiresAt: remote.expiresAt,
    remoteEndedAt: null,
    remoteArchivedAt: null,
    counts: remote.counts,
    polledAt: NOW - 500,
  })
})

test('a batch that ended makes its submission ended, now', () => {
  const effect = applyPoll(running, { askedAt: NOW, batch: batch('ended') }, NOW)
  expect(effect).toMatchObject({ state: 'ended', endedAt: NOW, remoteEndedAt: NOW - 10 })
})

test.each([
  ['another batch', { ...running, remoteId: 'msgbatch_2' as RemoteId }, NOW],
  ['a submission without a batch', { ...running, remoteId: null }, NOW],
  ['an answer to an older question', running, NOW - 1_001],
  ['a batch that is being canceled', { ...running, remoteStatus: 'canceling' as const }, NOW],
  ['a collected submission', { ...running, state: 'collected' as const }, NOW],
  ['a lost submission', { ...running, state: 'lost' as const }, NOW],
] satisfies readonly (readonly [string, PollFacts, number])[])(
  'nothing changes for %s',
  (_, facts, askedAt) => {
    expect(applyPoll(facts, { askedAt, batch: batch('in_progress') }, NOW)).toBeNull()
  },
)

test('two answers to questions of the same instant both count', () => {
  const askedAt = NOW - 1_000
  expect(applyPoll(running, { askedAt, batch: batch('canceling') }, NOW)).not.toBeNull()
})

test('after the end only what is new is noted, such as the archiving', () => {
  const facts: PollFacts = { ...running, state: 'ended', remoteStatus: 'ended' }
  const archived = batch('ended', { archivedAt: NOW })
  const effect = applyPoll(facts, { askedAt: NOW, batch: archived }, NOW)
  expect(effect).toMatchObject({ remoteArchivedAt: NOW, remoteStatus: 'ended' })
  expect(effect).not.toHaveProperty('state')
  expect(effect).not.toHaveProperty('endedAt')
})

test('in whatever order answers come, the status only goes on and moves are legal', () => {
  const status = fc.constantFrom<RemoteStatus>('in_progress', 'canceling', 'ended')
  const poll = fc.record({ askedAt: fc.integer({ min: NOW - 50, max: NOW + 50 }), status })
  const rank = { in_progress: 0, canceling: 1, ended: 2 }
  fc.assert(
    fc.property(fc.array(poll, { maxLength: 12 }), (polls) => {
      let facts: PollFacts = { ...running, polledAt: null }
      for (const { askedAt, status: said } of polls) {
        const effect = applyPoll(facts, { askedAt, batch: batch(said) }, NOW)
        if (effect === null) continue
        const next = { ...facts, ...effect }
        expect(rank[next.remoteStatus ?? said]).toBeGreaterThanOrEqual(
          rank[facts.remoteStatus ?? 'in_progress'],
        )
        expect(next.polledAt ?? 0).toBeGreaterThanOrEqual(facts.polledAt ?? 0)
        if (next.state !== facts.state) {
          expect(canSubmissionMove(facts.state, next.state)).toBe(true)
        }
        facts = next
      }
    }),
  )
})
