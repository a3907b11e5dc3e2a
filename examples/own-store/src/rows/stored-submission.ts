import type { Attempt, OutcomeCounts, Submission, SubmissionState } from '@halfrate/core'
import { type Keys, resourceOf } from '../keys.js'
import { type Place, padded } from './place.js'
import { isLive } from './stored-attempt.js'

/** A submission with the sums over its attempts, which every write of an attempt keeps. */
export interface StoredSubmission {
  readonly submission: Submission
  /** Attempts so far, withdrawn ones included: the next one's ordinal. */
  readonly ordinals: number
  /** Attempts that are not released. */
  readonly live: number
  /** Attempts that are not withdrawn, by outcome. */
  readonly outcomes: OutcomeCounts
}

/** A submission without attempts. */
export function withoutAttempts(submission: Submission): StoredSubmission {
  const outcomes = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
  return { submission, ordinals: 0, live: 0, outcomes }
}

/** The sums after an attempt was added (before is null) or changed. */
export function counting(
  row: StoredSubmission,
  before: Attempt | null,
  after: Attempt,
): StoredSubmission {
  const added = before === null ? 1 : 0
  const wasLive = before !== null && isLive(before)
  const live = row.live + Number(isLive(after)) - Number(wasLive)
  return {
    ...row,
    ordinals: row.ordinals + added,
    live,
    outcomes: outcomesAfter(row, before, after),
  }
}

function outcomesAfter(
  row: StoredSubmission,
  before: Attempt | null,
  after: Attempt,
): OutcomeCounts {
  const outcomes = { ...row.outcomes }
  if (before !== null && !before.withdrawn) outcomes[before.outcome ?? 'processing'] -= 1
  if (!after.withdrawn) outcomes[after.outcome ?? 'processing'] += 1
  return outcomes
}

/** Every entry that a submission has in the indexes. */
export function placesOfSubmission(keys: Keys, row: StoredSubmission): readonly Place[] {
  const { submission } = row
  const { id, state, nextStepAt, reclaimPending } = submission
  const entry = (key: string): Place => ({ key, member: String(id), score: id })
  const announce = [keys.namesQueue(submission)]
  const places: Place[] = [
    { ...entry(keys.of('submissions')), announce },
    entry(keys.inState(state)),
    ...placesInBatches(keys, submission),
  ]
  if (state === 'filling') places.push(entry(keys.of('filling', resourceOf(submission))))
  if (reclaimPending) places.push(entry(keys.of('reclaiming', resourceOf(submission))))
  if (nextStepAt === null) return places
  return [...places, { key: keys.of('schedule'), member: padded(id), score: nextStepAt }]
}

const OVER: readonly SubmissionState[] = ['dissolved', 'rejected', 'lost', 'collected']

function placesInBatches(keys: Keys, submission: Submission): readonly Place[] {
  const { id, state, requestCount } = submission
  if (OVER.includes(state)) return []
  const member = [padded(id), state, requestCount].join(' ')
  return [{ key: keys.of('batches', resourceOf(submission)), member, score: id }]
}

/** A submission that is not over, as its entry tells it. */
export interface BatchEntry {
  readonly state: SubmissionState
  readonly requestCount: number
}

/** Reads an entry of the batches of a queue. */
export function readBatchText(member: string): BatchEntry {
  const [, state = 'filling', count = '0'] = member.split(' ')
  return { state: state as SubmissionState, requestCount: Number(count) }
}
