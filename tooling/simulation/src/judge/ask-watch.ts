import type { LostDecision, Submission, SubmissionId } from '@halfrate/core'
import type { Violations } from './violation.js'

/**
 * Watches that nothing is given up without the word of the person who is to be asked, that a word is taken only while
 * its question stands, and that the first word stays.
 */
export class AskWatch {
  readonly #isAsked: boolean
  readonly #violations: Violations
  readonly #words = new Map<SubmissionId, LostDecision>()
  #isQuestion = false
  #isRestored = false

  /** `isAsked`: whether a person is to be asked about every lost answer of the run. */
  constructor(isAsked: boolean, violations: Violations) {
    this.#isAsked = isAsked
    this.#violations = violations
  }

  /** A person's word is about to arrive for a submission, as it stands now. */
  before(submission: Submission | null): void {
    this.#isQuestion =
      submission?.state === 'ambiguous' && submission.search.askingSince !== undefined
  }

  /** The word was taken. */
  decided({ id }: Submission, decision: LostDecision): void {
    if (!this.#isQuestion) this.#add(id, 'was decided on, and there was no question')
    const before = this.#words.get(id)
    if (before === undefined) this.#words.set(id, decision)
    else this.#add(id, `was decided on as ${before}, and ${decision} was taken as well`)
  }

  /** A submission passes by. */
  see({ id, state, search }: Submission): void {
    if (!this.#isAsked || state !== 'lost') return
    if (this.#isRestored && search.decision !== undefined && !this.#words.has(id)) {
      this.#words.set(id, search.decision)
    }
    const word = this.#words.get(id)
    if (word === undefined) this.#add(id, 'was given up, and nobody has said so')
    else if (search.decision !== word) this.#add(id, `keeps ${search.decision}, not ${word}`)
  }

  /** Forgets what was said: the store is another one, and keeps what was said to it. */
  restart(): void {
    this.#words.clear()
    this.#isRestored = true
  }

  #add(id: SubmissionId, message: string): void {
    this.#violations.add('asked', `Submission ${id} ${message}.`)
  }
}
