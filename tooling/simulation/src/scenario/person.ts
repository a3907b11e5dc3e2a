import {
  type Clock,
  type LostDecision,
  SECOND_MS,
  type Store,
  StoreUnavailableError,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import type { FaultLog } from '../faults/fault-log.js'
import type { Strikes } from '../faults/strikes.js'
import type { PersonHabits } from './person-habits.js'

/** What a person works with. */
export interface PersonOptions {
  readonly store: Store
  readonly clock: Clock
  readonly habits: PersonHabits
  readonly draw: Draw
  readonly strikes: Strikes
  readonly log: FaultLog
}

const RETRY_MS = 2_000
// Around the instant at which a worker looks at the same submission again.
const NEAR_MS = 2 * SECOND_MS

/** A person who is asked about lost answers, and says what is to become of each: late, twice, or before the question. */
export class Person {
  readonly #options: PersonOptions
  readonly #minded = new Set<SubmissionId>()
  readonly #spokenEarly = new Set<SubmissionId>()

  constructor(options: PersonOptions) {
    this.#options = options
  }

  /** Looks for questions now and then, for ever. */
  async run(): Promise<never> {
    const { clock, habits } = this.#options
    for (;;) {
      for (const submission of await this.#lostAnswers()) {
        if (this.#minded.has(submission.id) || !this.#speaks(submission)) continue
        this.#minded.add(submission.id)
        void this.#answer(submission)
      }
      await clock.sleep({ ms: habits.lookEveryMs })
    }
  }

  // To a question always, before it once at most.
  #speaks(submission: Submission): boolean {
    const { draw, habits, strikes } = this.#options
    if (isAsked(submission)) return true
    const isEarly = strikes.isOn('asked') && draw.chance(habits.hasty)
    if (!isEarly || this.#spokenEarly.has(submission.id)) return false
    this.#spokenEarly.add(submission.id)
    return true
  }

  async #lostAnswers(): Promise<readonly Submission[]> {
    const { store } = this.#options
    const limit = store.traits.pageLimit
    const found: Submission[] = []
    for (let afterId = 0; ; ) {
      const params = { account: null, states: ['ambiguous'] as const, afterId, limit }
      const page = await this.#sure(() => store.listSubmissions(params))
      found.push(...page)
      const last = page.at(-1)
      if (last === undefined || page.length < limit) return found
      afterId = last.id
    }
  }

  async #answer(submission: Submission): Promise<void> {
    const { clock, habits, draw, strikes, log } = this.#options
    const { id } = submission
    const isOdd = strikes.counted('asked')
    const decision = isOdd ? this.#word() : 'resend'
    const ms = isOdd && isAsked(submission) ? await this.#delayMs(submission) : 0
    await clock.sleep({ ms })
    const isTaken = await this.#decide(submission, decision)
    log.add(
      'asked',
      `${decision} for batch ${id} after ${ms} ms: ${isTaken ? 'taken' : 'no question'}`,
    )
    // A scan may have taken the question back, and may ask it anew.
    if (!isTaken) this.#minded.delete(id)
    if (!isOdd || !draw.chance(habits.repeats)) return
    await clock.sleep({ ms: draw.logWhole(1, 60 * SECOND_MS) })
    await this.#decide(submission, this.#word())
  }

  #word(): LostDecision {
    const { draw, habits } = this.#options
    return draw.chance(habits.resends) ? 'resend' : 'fail'
  }

  async #delayMs({ nextStepAt }: Submission): Promise<number> {
    const { store, habits, draw } = this.#options
    const now = await this.#sure(() => store.now())
    const patience = draw.logWhole(1, habits.patienceMs)
    if (nextStepAt === null || !draw.chance(habits.atSteps)) return patience
    return Math.max(0, nextStepAt - now + draw.whole(-NEAR_MS, NEAR_MS))
  }

  // Through the same door as the command line. An answer that is lost on the way is given again.
  async #decide({ account, nonce }: Submission, decision: LostDecision): Promise<boolean> {
    const { store } = this.#options
    const evidence = { type: 'decided', decision } as const
    const { type } = await this.#sure(() => store.recordEvidence({ account, nonce, evidence }))
    return type === 'applied'
  }

  async #sure<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        await this.#options.clock.sleep({ ms: RETRY_MS })
      }
    }
  }
}

function isAsked({ search }: Submission): boolean {
  return search.askingSince !== undefined
}
