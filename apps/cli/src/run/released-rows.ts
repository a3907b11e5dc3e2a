import type { EngineEvent, SubmissionId } from '@halfrate/core'

/** Rows that a batch gave no answer for, and how many of them are tried again. */
export interface Released {
  /** By error type, or by outcome where there is none. */
  readonly unanswered: Readonly<Record<string, number>>
  readonly retried: number
}

const NONE: Released = { unanswered: {}, retried: 0 }

/** Remembers what became of the rows that batches gave no answer for, from what the engine in this process tells. */
export class ReleasedRows {
  readonly #bySubmission = new Map<SubmissionId, Released>()

  /** Takes one event. */
  note(event: EngineEvent): void {
    if (event.type !== 'released') return
    const before = this.#bySubmission.get(event.submissionId) ?? NONE
    this.#bySubmission.set(event.submissionId, {
      unanswered: added(before.unanswered, event.reasons),
      retried: before.retried + event.waiting,
    })
  }

  /** What is known of one batch. */
  of(submissionId: SubmissionId): Released {
    return this.#bySubmission.get(submissionId) ?? NONE
  }

  /** Over all batches. */
  all(): Released {
    return [...this.#bySubmission.values()].reduce(
      (sum, each) => ({
        unanswered: added(sum.unanswered, each.unanswered),
        retried: sum.retried + each.retried,
      }),
      NONE,
    )
  }
}

function added(
  left: Readonly<Record<string, number>>,
  right: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = { ...left }
  for (const [reason, count] of Object.entries(right)) sum[reason] = (sum[reason] ?? 0) + count
  return sum
}
