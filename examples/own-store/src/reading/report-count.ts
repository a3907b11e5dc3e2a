import type { EpochMs, ReasonCode, Report, Request, SubmissionState } from '@halfrate/core'

/** Counts requests by where they are and how they ended. */
export class ReportCount {
  readonly #byState = { waiting: 0, assigned: 0, done: 0 }
  readonly #byStatus = { succeeded: 0, failed: 0, canceled: 0 }
  readonly #byReason: Partial<Record<ReasonCode, number>> = {}
  readonly #assigned: Partial<Record<SubmissionState, number>> = {}
  #retrying = 0
  #nextDueAt: EpochMs | null = null

  add(request: Request, isIn: SubmissionState | null): void {
    const { state, verdict } = request
    this.#byState[state] += 1
    if (state === 'waiting') this.#addWaiting(request)
    if (state === 'assigned' && isIn !== null) addOne(this.#assigned, isIn)
    if (state !== 'done' || verdict === null) return
    this.#byStatus[verdict.status] += 1
    if (verdict.status !== 'succeeded') addOne(this.#byReason, verdict.reason)
  }

  #addWaiting({ attemptCount, notBefore }: Request): void {
    if (attemptCount > 0) this.#retrying += 1
    this.#nextDueAt = Math.min(notBefore, this.#nextDueAt ?? notBefore)
  }

  done(): Pick<Report, 'counts' | 'nextDueAt'> {
    const { waiting, assigned, done } = this.#byState
    return {
      counts: {
        total: waiting + assigned + done,
        byState: this.#byState,
        byStatus: this.#byStatus,
        byReason: this.#byReason,
        retrying: this.#retrying,
        assignedBySubmission: this.#assigned,
      },
      nextDueAt: this.#nextDueAt,
    }
  }
}

function addOne<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1
}
