import { DAY_MS, laneOf, MINUTE_MS, type QueuePolicy, type Request } from '@halfrate/core'
import type { Violations } from './violation.js'

// Who counts does so before it puts its own in, and tries again as long as the store is away.
const PUT_MS = 30 * MINUTE_MS

/** Judges that what was called since there were few had a queue with few. */
export class FewJudge {
  readonly #violations: Violations
  readonly #loose = new Map<string, Request[]>()
  readonly #called: { readonly request: Request; readonly policy: Partial<QueuePolicy> }[] = []

  constructor(violations: Violations) {
    this.#violations = violations
  }

  /** Takes a request of a run, with the policy of its queue. */
  see(request: Request, policy: Partial<QueuePolicy>): void {
    if (request.jobId === null) {
      const place = placeOf(request)
      this.#loose.set(place, [...(this.#loose.get(place) ?? []), request])
    }
    if (laneOf(request.lane).why === 'few') this.#called.push({ request, policy })
  }

  /** Judges all of them, once every request was seen. */
  judge(): void {
    for (const { request, policy } of this.#called) {
      const fault = this.#faultOf(request, policy)
      if (fault !== null) {
        this.#violations.add('few', `Request ${request.id} of ${request.queue} ${fault}.`)
      }
    }
  }

  #faultOf(
    request: Request,
    { routing, whenFew, fewADay = 0 }: Partial<QueuePolicy>,
  ): string | null {
    if (request.jobId !== null) return 'is of a job and was called as one of few'
    if (routing !== 'rules' || whenFew !== 'realtime') {
      return 'was called as one of few, which its queue does not ask for'
    }
    const [from, until] = [request.createdAt - DAY_MS + PUT_MS, request.createdAt - PUT_MS]
    const before = this.#loose.get(placeOf(request)) ?? []
    const keys = before.filter(({ createdAt }) => from <= createdAt && createdAt < until)
    const count = new Set(keys.map(({ key }) => key)).size
    return count < fewADay
      ? null
      : `was called as one of few, with ${count} of fewer than ${fewADay}`
  }
}

function placeOf({ project, queue }: Request): string {
  return `${project} ${queue}`
}
