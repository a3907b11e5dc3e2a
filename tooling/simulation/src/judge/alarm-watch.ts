import { DAY_MS, type EngineEvent, HOUR_MS, type Submission } from '@halfrate/core'
import type { Violations } from './violation.js'

// The provider ends every batch within a day; nothing is looked for longer without a word. I15.
const LOOKED_FOR_MS = 28 * HOUR_MS
// Four days before the provider drops results somebody must know. I16.
const UNCOLLECTED_MS = 25 * DAY_MS + 2 * HOUR_MS

/** Watches that people are told of what is overdue. */
export class AlarmWatch {
  readonly #violations: Violations
  readonly #told = new Set<string>()

  constructor(violations: Violations) {
    this.#violations = violations
  }

  /** Looks at an event of the engine. */
  see(event: EngineEvent): void {
    if (event.type === 'alarm') this.#told.add(`${event.submissionId} ${event.code}`)
  }

  /** Looks at submissions after a worker has had hours without a fault. `now` is the store's time. */
  check(submissions: readonly Submission[], now: number): void {
    for (const { id, state, sendStartedAt, remoteCreatedAt } of submissions) {
      const isLookedFor = state === 'ambiguous' && remoteCreatedAt === null
      if (isLookedFor && now - (sendStartedAt ?? now) > LOOKED_FOR_MS) {
        this.#expect(id, 'answer_lost_for_long', 'I15')
      }
      const isOpen = state === 'in_progress' || state === 'canceling' || state === 'ended'
      if (isOpen && now - (remoteCreatedAt ?? now) > UNCOLLECTED_MS) {
        this.#expect(id, 'results_expiring', 'I16')
      }
    }
  }

  #expect(id: number, code: string, invariant: string): void {
    if (this.#told.has(`${id} ${code}`)) return
    this.#violations.add(invariant, `Nobody was told that submission ${id} is overdue (${code}).`)
  }
}
