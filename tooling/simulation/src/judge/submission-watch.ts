import {
  canSubmissionMove,
  laneOf,
  type RemoteId,
  type Submission,
  type SubmissionId,
  type SubmissionState,
} from '@halfrate/core'
import { DEADLINE_BATCH } from '../scenario/with-deadlines.js'
import type { Violations } from './violation.js'

const STATES: readonly SubmissionState[] = [
  'filling',
  'sealed',
  'dissolved',
  'sending',
  'ambiguous',
  'rejected',
  'lost',
  'in_progress',
  'canceling',
  'ended',
  'collected',
]
const FIXED: readonly SubmissionState[] = ['filling', 'sealed', 'dissolved']

/** Watches the submissions that pass by: that they move as the state machine says and keep who they are. I4, I5, I9. */
export class SubmissionWatch {
  readonly #violations: Violations
  readonly #seen = new Map<SubmissionId, Submission>()
  readonly #byRemoteId = new Map<RemoteId, SubmissionId>()
  readonly #byNonce = new Map<string, SubmissionId>()
  /** Of sends that were under way when the store was put back. */
  readonly #onTheirWay = new Set<string>()

  constructor(violations: Violations) {
    this.#violations = violations
  }

  /** Every submission, as it was last seen. */
  all(): readonly Submission[] {
    return [...this.#seen.values()]
  }

  /** The submission that has a nonce, as it was last seen; twins left out. */
  byNonce(nonce: string): Submission | null {
    const id = this.#byNonce.get(nonce)
    return id === undefined ? null : (this.#seen.get(id) ?? null)
  }

  /** Whether its send was under way when the store was put back: bytes may come that this one knows nothing of. */
  wasOnItsWay(nonce: string): boolean {
    return this.#onTheirWay.has(nonce)
  }

  /** Forgets what was seen: the store is another one. */
  restart(): void {
    for (const { nonce, state } of this.#seen.values()) {
      if (state === 'sending') this.#onTheirWay.add(nonce)
    }
    this.#seen.clear()
    this.#byRemoteId.clear()
    this.#byNonce.clear()
  }

  /** Looks at a submission as a store call has shown it. */
  see(submission: Submission): void {
    const before = this.#seen.get(submission.id)
    this.#seen.set(submission.id, submission)
    if (submission.twinOf === null) this.#byNonce.set(submission.nonce, submission.id)
    this.#seeRemoteId(submission)
    this.#seeSize(submission)
    if (before !== undefined) this.#compare(before, submission)
  }

  #seeSize({ id, lane, requestCount, twinOf }: Submission): void {
    const { deadlineAt } = laneOf(lane)
    if (deadlineAt === null || twinOf !== null || requestCount <= DEADLINE_BATCH) return
    this.#add(
      'deadline',
      id,
      `has ${requestCount} requests with a deadline, of at most ${DEADLINE_BATCH}`,
    )
  }

  #seeRemoteId({ id, remoteId }: Submission): void {
    if (remoteId === null) return
    const owner = this.#byRemoteId.get(remoteId)
    if (owner === undefined) this.#byRemoteId.set(remoteId, id)
    else if (owner !== id) this.#add('I5', id, `has batch ${remoteId} of ${owner}`)
  }

  #compare(before: Submission, now: Submission): void {
    if (!canReach(before.state, now.state)) {
      this.#add('I9', now.id, `went from ${before.state} to ${now.state}`)
    }
    if (before.remoteId !== null && before.remoteId !== now.remoteId) {
      this.#add('I5', now.id, `had batch ${before.remoteId} and has ${now.remoteId}`)
    }
    if (before.nonce !== now.nonce) this.#add('I5', now.id, 'changed its nonce')
    const isFixed = !FIXED.includes(before.state)
    if (isFixed && before.requestCount !== now.requestCount) {
      this.#add('I4', now.id, `was sent with ${before.requestCount} and has ${now.requestCount}`)
    }
  }

  #add(invariant: string, id: SubmissionId, message: string): void {
    this.#violations.add(invariant, `Submission ${id} ${message}.`)
  }
}

const REACHABLE: ReadonlyMap<SubmissionState, ReadonlySet<SubmissionState>> = new Map(
  STATES.map((from) => [from, reachableFrom(from)]),
)

function canReach(from: SubmissionState, to: SubmissionState): boolean {
  return REACHABLE.get(from)?.has(to) ?? false
}

function reachableFrom(from: SubmissionState): ReadonlySet<SubmissionState> {
  const found = new Set([from])
  for (const state of found) {
    for (const next of STATES) if (canSubmissionMove(state, next)) found.add(next)
  }
  return found
}
