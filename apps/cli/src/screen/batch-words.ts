import {
  type EpochMs,
  isImported,
  laneOf,
  MINUTE_MS,
  type OutcomeCounts,
  type Submission,
  totalOf,
} from '@halfrate/core'
import type { BatchOutlook } from '@halfrate/core/turnaround'
import { callWords, isCall } from './call-words.js'
import { commandText } from './command-text.js'
import { countText } from './number-text.js'
import { outlookByText, readyText } from './ready-text.js'
import type { StateWords } from './state-words.js'
import { durationText, instantText } from './time-text.js'

/** One batch of a job, as a screen needs it. */
export interface BatchFacts {
  /** From 1, in the order in which they were made. */
  readonly number: number
  readonly submission: Submission
  /** If its answer was lost: the earliest instant at which its rows are sent again; else null. */
  readonly resendNotBeforeAt: EpochMs | null
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  /** Why rows of it have no answer, by error type, as far as this process saw. */
  readonly unanswered: Readonly<Record<string, number>>
  /** Rows of it that are tried again, as far as this process saw. */
  readonly retried: number
  /** When its answers are likely there; left out or null where nobody asked. */
  readonly outlook?: BatchOutlook | null
}

// What the provider's users see; a batch may take up to 24 hours.
const USUAL_MS = 60 * MINUTE_MS

/** Says where a batch is and what that means. */
export function batchWords(batch: BatchFacts, now: EpochMs, timeZone?: string): StateWords {
  const { submission } = batch
  if (isCall(submission)) return callWords(batch, now, timeZone)
  switch (submission.state) {
    case 'filling':
    case 'sealed':
      return { state: 'waiting to be sent', style: 'dim', hints: [], canDrop: true }
    case 'dissolved':
      return {
        state: 'not sent',
        style: 'dim',
        hints: ['its rows go into the next batch'],
        canDrop: true,
      }
    case 'sending':
      return { state: 'being sent', style: 'cyan', hints: [], canDrop: true }
    case 'in_progress':
    case 'canceling':
      return atClaude(batch, now, timeZone)
    case 'ended':
      return {
        state: `${endedText(submission)}`,
        style: 'cyan',
        hints: ['fetching its results'],
        canDrop: true,
      }
    case 'collected':
      return collected(batch)
    case 'ambiguous':
      return answerLost(batch, now, timeZone)
    case 'lost':
      return lost(batch)
    case 'rejected':
      return rejected(submission)
  }
}

// `1,996 answered, 4 overloaded: trying again with the next batch`
function resultsText(batch: Pick<BatchFacts, 'submission' | 'unanswered' | 'retried'>): string {
  const counts = batch.submission.counts
  if (counts === null || totalOf(counts) === counts.processing) return ''
  const others = notAnswered(counts, batch.unanswered)
  const text = [`${countText(counts.succeeded)} answered`, ...others].join(', ')
  if (batch.retried === 0) return text
  const isAll = batch.retried === totalOf(counts) - counts.succeeded
  return `${text}: ${isAll ? 'trying again' : `${countText(batch.retried)} tried again`} with the next batch`
}

// By reason as far as it is known, else in the provider's own four words.
function notAnswered(
  counts: OutcomeCounts,
  reasons: Readonly<Record<string, number>>,
): readonly string[] {
  const byReason = Object.entries(reasons)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${countText(count)} ${reasonText(reason)}`)
  if (byReason.length > 0) return byReason
  return (['errored', 'expired', 'canceled'] as const)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${countText(counts[outcome])} ${outcome}`)
}

/** Where a batch is and the fullest hint about it, in one sentence. */
export function stateAndHint({ state, hints }: Pick<StateWords, 'state' | 'hints'>): string {
  const hint = hints[0] ?? ''
  if (hint === '') return state
  return `${state}${hint.startsWith('(') ? ' ' : '; '}${hint}`
}

/** An error type or reason as people say it: `overloaded_error` becomes `overloaded`. */
export function reasonText(reason: string): string {
  if (reason === 'api_error') return 'API error'
  return reason.replace(/_error$/, '').replaceAll('_', ' ')
}

function atClaude(
  { submission, outlook = null }: BatchFacts,
  now: EpochMs,
  timeZone: string | undefined,
): StateWords {
  const since = submission.remoteCreatedAt ?? submission.sendStartedAt ?? now
  const age = now - since
  const expires = submission.remoteExpiresAt
  const known = age <= USUAL_MS ? 'usually 5–60 min' : 'longer than the usual 5–60 min'
  const foretold =
    outlook === null || outlook.odds.batches === 0 ? known : readyText(outlook, now, timeZone)
  const wantedAt = outlook === null ? null : laneOf(submission.lane).deadlineAt
  const by =
    outlook === null || wantedAt === null
      ? ''
      : `${outlookByText(outlook, wantedAt, { now, timeZone }).text}, `
  const usual = `${by}${foretold}`
  const expiry = expires === null ? '' : `, expires ${instantText(expires, now, timeZone)}`
  return {
    state: `at Claude ${durationText(age)}${submission.state === 'canceling' ? ', being canceled' : ''}`,
    style: 'cyan',
    hints: [
      `${usual}${expiry}; Claude tells nothing until a batch ends`,
      `${usual}${expiry}`,
      usual,
    ],
    canDrop: true,
  }
}

function collected(batch: BatchFacts): StateWords {
  const orphan = lateWords(batch.submission)
  return {
    state: endedText(batch.submission),
    style: null,
    hints: [[resultsText(batch), ...orphan].filter((text) => text !== '').join('; ')],
    canDrop: false,
  }
}

function lateWords(submission: Submission): readonly string[] {
  if (isImported(submission)) return ['taken in from Claude']
  return submission.orphan ? ['turned up late'] : []
}

function answerLost(batch: BatchFacts, now: EpochMs, timeZone: string | undefined): StateWords {
  return {
    state: isAsking(batch.submission)
      ? 'answer to our send was lost, and it is not at Claude: decide'
      : 'answer to our send was lost; looking for it',
    style: 'yellow',
    hints: [`(${searchText(batch, now, timeZone)})`],
    canDrop: false,
  }
}

/** Whether a person is asked what becomes of a batch. */
export function isAsking({ state, search }: Submission): boolean {
  return state === 'ambiguous' && search.askingSince !== undefined
}

function searchText(batch: BatchFacts, now: EpochMs, timeZone: string | undefined): string {
  if (isAsking(batch.submission)) {
    return `${commandText(`decide ${batch.submission.id} resend`, batch.storeFlag)}, or fail`
  }
  const notBefore = batch.resendNotBeforeAt
  if (notBefore !== null && notBefore > now) {
    return `not sent again before ${instantText(notBefore, now, timeZone)}`
  }
  const isBlocked = batch.submission.search.candidates.some((candidate) => !candidate.vanished)
  return isBlocked
    ? 'a batch that could be it is at Claude; it is read when it ends'
    : 'one more look at the list of batches'
}

function lost({ submission, storeFlag }: BatchFacts): StateWords {
  const hint = submission.possiblyPaid
    ? `it may have been paid: see ${commandText('why KEY', storeFlag)}`
    : 'its rows are sent again with the next batch'
  return { state: 'never reached Claude', style: 'yellow', hints: [hint], canDrop: false }
}

function rejected(submission: Submission): StateWords {
  const error = submission.error
  const said =
    error === null ? '' : `${error.status === null ? '' : `${error.status} `}${error.message}`
  return { state: 'refused', style: 'red', hints: [said], canDrop: false }
}

function endedText(submission: Submission): string {
  const from = submission.remoteCreatedAt ?? submission.sendStartedAt
  const to = submission.remoteEndedAt ?? submission.endedAt
  return from === null || to === null ? 'ended' : `ended after ${durationText(to - from)}`
}
