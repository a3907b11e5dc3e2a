import { InvariantError } from '../errors.js'
import type { Attempt } from '../model/attempt.js'
import type { RequestId, SubmissionId } from '../model/ids.js'
import type { AttemptRef } from '../model/request.js'

/** Attempts by submission and place. Rows are replaced, never changed. */
export class AttemptTable {
  readonly #bySubmission = new Map<SubmissionId, Attempt[]>()
  readonly #byRequest = new Map<RequestId, readonly AttemptRef[]>()
  readonly #places = new Map<SubmissionId, Map<RequestId, number>>()
  readonly #live = new Map<SubmissionId, number>()

  /** Attempts of a submission by ordinal. */
  ofSubmission(submissionId: SubmissionId): readonly Attempt[] {
    return this.#bySubmission.get(submissionId) ?? []
  }

  /** Attempts of a request, oldest first. */
  ofRequest(requestId: RequestId): readonly Attempt[] {
    return (this.#byRequest.get(requestId) ?? []).map((ref) => this.need(ref))
  }

  /** Attempts of a submission that are not released. */
  liveCount(submissionId: SubmissionId): number {
    return this.#live.get(submissionId) ?? 0
  }

  get(ref: AttemptRef): Attempt | undefined {
    return this.#bySubmission.get(ref.submissionId as SubmissionId)?.[ref.ordinal]
  }

  /** @throws {InvariantError} when there is none. */
  need(ref: AttemptRef): Attempt {
    const attempt = this.get(ref)
    if (attempt === undefined) {
      throw new InvariantError(`There is no attempt ${ref.submissionId}:${ref.ordinal}.`)
    }
    return attempt
  }

  /** The place of a request in a submission. */
  find(submissionId: SubmissionId, requestId: RequestId): Attempt | undefined {
    const ordinal = this.#places.get(submissionId)?.get(requestId)
    return ordinal === undefined ? undefined : this.#bySubmission.get(submissionId)?.[ordinal]
  }

  /** All attempts, submission by submission. */
  *all(): Generator<Attempt> {
    for (const attempts of this.#bySubmission.values()) yield* attempts
  }

  /** Adds an attempt at the end of its submission; its ordinal must be the next one. */
  insert(attempt: Attempt): void {
    const { submissionId, ordinal, requestId } = attempt
    const attempts = this.#bySubmission.get(submissionId) ?? []
    this.#bySubmission.set(submissionId, attempts)
    const places = this.#places.get(submissionId) ?? new Map<RequestId, number>()
    this.#places.set(submissionId, places)
    attempts.push(Object.freeze(attempt))
    places.set(requestId, ordinal)
    const refs = this.#byRequest.get(requestId) ?? []
    const grown = [...refs, { submissionId, ordinal }]
    // A snapshot brings attempts by submission, which may be another order.
    this.#byRequest.set(
      requestId,
      grown.sort((a, b) => this.need(a).number - this.need(b).number),
    )
    if (isLive(attempt)) this.#countLive(submissionId, 1)
  }

  /** Changes columns of an attempt. */
  update(ref: AttemptRef, changes: Partial<Attempt>): Attempt {
    const old = this.need(ref)
    const attempt = Object.freeze({ ...old, ...changes })
    const attempts = this.#bySubmission.get(attempt.submissionId) ?? []
    attempts[attempt.ordinal] = attempt
    this.#countLive(attempt.submissionId, Number(isLive(attempt)) - Number(isLive(old)))
    return attempt
  }

  #countLive(submissionId: SubmissionId, by: number): void {
    this.#live.set(submissionId, this.liveCount(submissionId) + by)
  }
}

/** Whether an attempt still decides where its request is. */
export function isLive(attempt: Attempt): boolean {
  return attempt.releasedAt === null
}

/** Names an attempt, without the rest of it. */
export function refOf(attempt: Attempt): AttemptRef {
  return { submissionId: attempt.submissionId, ordinal: attempt.ordinal }
}
