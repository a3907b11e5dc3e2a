import { type EngineEvent, laneOf, MINUTE_MS, type RequestLife } from '@halfrate/core'
import { isHedge } from '@halfrate/core/routing'
import type { Violations } from './violation.js'

// Who is about to tell looks at the clock a little before or after it does.
const AROUND_MS = 10 * MINUTE_MS
// A page of answers is booked a moment after it was looked whether the instant is over.
const ON_ITS_WAY_MS = MINUTE_MS

/**
 * Watches that nothing succeeds after the instant that it is wanted by unless somebody was told of it, or it was rescued. Who is killed
 * meanwhile tells nobody.
 */
export class LateWatch {
  readonly #violations: Violations
  readonly #toldGroups = new Set<string>()
  readonly #toldSubmissions = new Set<number>()
  readonly #deathsAt: number[] = []

  constructor(violations: Violations) {
    this.#violations = violations
  }

  /** Looks at an event of the engine. */
  see(event: EngineEvent): void {
    if (event.type === 'rescued') {
      this.#toldGroups.add(groupOf(event.queue, new Date(event.deadlineAt).toISOString()))
    }
    if (event.type !== 'alarm' || event.code !== 'deadline_at_risk') return
    if (event.submissionId !== null) this.#toldSubmissions.add(event.submissionId)
    // What waits is in no batch; the sentence names what it is.
    const [, queue, wanted] = /^Of queue (\S+) .* wanted by (\S+) /.exec(event.message) ?? []
    const isWaiting = event.submissionId === null
    if (isWaiting && queue !== undefined && wanted !== undefined) {
      this.#toldGroups.add(groupOf(queue, wanted))
    }
  }

  /** A process ended at that time. */
  died(at: number): void {
    this.#deathsAt.push(at)
  }

  /** Judges one request at the end of a run. */
  judge({ request, attempts }: RequestLife): void {
    const { deadlineAt } = laneOf(request.lane)
    const { id, queue, doneAt, verdict, cancelRequestedAt } = request
    // Nobody waits any more for what somebody has canceled, though it was answered all the same.
    if (cancelRequestedAt !== null) return
    if (deadlineAt === null || doneAt === null || verdict?.status !== 'succeeded') return
    if (doneAt <= deadlineAt + ON_ITS_WAY_MS || this.#isTold(queue, deadlineAt, attempts)) return
    const [from, until] = [deadlineAt - AROUND_MS, doneAt + AROUND_MS]
    if (this.#deathsAt.some((at) => from <= at && at <= until)) return
    const late = Math.round((doneAt - deadlineAt) / MINUTE_MS)
    const message = `Nobody was told of request ${id} of ${queue}, done ${late} minutes after it was wanted.`
    this.#violations.add('untold', message)
  }

  #isTold(queue: string, deadlineAt: number, attempts: RequestLife['attempts']): boolean {
    if (this.#toldGroups.has(groupOf(queue, new Date(deadlineAt).toISOString()))) return true
    return attempts.some(
      ({ submission }) => this.#toldSubmissions.has(submission.id) || isHedge(submission),
    )
  }
}

function groupOf(queue: string, wanted: string): string {
  return `${queue} ${wanted}`
}
