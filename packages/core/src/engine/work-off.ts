import type { SubmissionId } from '../model/ids.js'
import { claimLimit } from '../policy/claiming.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'
import {
  attempt,
  giveBack,
  type HeldJob,
  type HeldSubmission,
  isTogether,
  jobsOf,
  loadHeld,
} from './steps.js'

/** Claims at most so many due submissions, none of them among `except`. */
export type ClaimMore = (
  params: Readonly<{ limit: number; except: readonly SubmissionId[] }>,
) => Promise<readonly HeldLease[]>

/** How many pieces of work went well, and how many did not. */
export interface StepCounts {
  readonly done: number
  readonly failed: number
}

/**
 * Does a step of every submission that is due, and claims the next ones when it can begin them: what waits stays for
 * any worker. No submission gets a second step, so one that fails again and again doesn't keep the others waiting.
 *
 * Whatever becomes of a step, its lease is not kept: those that a stop leaves undone are given back at once.
 */
export async function workOff(context: EngineContext, claimMore: ClaimMore): Promise<StepCounts> {
  return await new WorkOff(context, claimMore).run()
}

class WorkOff {
  readonly #context: EngineContext
  readonly #claimMore: ClaimMore
  /** What is held and not begun. */
  readonly #queue: HeldJob[] = []
  readonly #running = new Set<Promise<void>>()
  /** What this round has taken. */
  readonly #taken = new Set<SubmissionId>()
  readonly #left: Promise<void>[] = []
  readonly #counts = { done: 0, failed: 0 }
  #bug: { readonly error: unknown } | null = null
  #mayClaim = true

  constructor(context: EngineContext, claimMore: ClaimMore) {
    this.#context = context
    this.#claimMore = claimMore
  }

  async run(): Promise<StepCounts> {
    const { stopping } = this.#context
    // What a stop leaves undone is others' now, not only when the last step that is under way has ended.
    const leave = (): void => {
      this.#left.push(...this.#queue.splice(0).map((job) => this.#letGo(job.leases)))
    }
    stopping.addEventListener('abort', leave, { once: true })
    try {
      for (;;) {
        if (this.#queue.length === 0 && this.#bug === null) await this.#claim()
        if (this.#bug !== null) throw this.#bug.error
        this.#begin()
        if (this.#running.size === 0) return this.#counts
        await Promise.race(this.#running)
      }
    } finally {
      stopping.removeEventListener('abort', leave)
      await Promise.all(this.#left)
    }
  }

  async #claim(): Promise<void> {
    const held: HeldSubmission[] = []
    const run = async (): Promise<void> => {
      for (;;) {
        const limit = this.#limit(held)
        if (limit === 0) return
        const leases = await this.#claimMore({ limit, except: [...this.#taken] })
        const loaded = await loadHeld(this.#context, leases)
        for (const each of loaded) this.#taken.add(each.submission.id)
        held.push(...loaded)
        if (leases.length < limit) return
      }
    }
    // Steps under way go on when the store does not answer; only nothing is begun any more.
    this.#mayClaim &&= await this.#count({ name: 'claim', run })
    const kept = await this.#keepFew(held)
    if (this.#context.stopping.aborted) await this.#letGo(kept.map(({ lease }) => lease))
    else this.#queue.push(...jobsOf(this.#context, kept))
  }

  #limit(held: readonly HeldSubmission[]): number {
    if (!this.#mayClaim || this.#context.stopping.aborted) return 0
    const together = held.filter(isTogether).length
    const alone = held.length - together
    return claimLimit({ free: this.#free(), alone, together, claimed: this.#taken.size })
  }

  #free(): number {
    return this.#context.settings.concurrency - this.#running.size
  }

  // A claim that asked for more polls may have got sends instead. More of them than can be begun are given back.
  async #keepFew(held: readonly HeldSubmission[]): Promise<readonly HeldSubmission[]> {
    const surplus = held.filter((each) => !isTogether(each)).slice(this.#free())
    for (const { submission } of surplus) this.#taken.delete(submission.id)
    await this.#letGo(surplus.map(({ lease }) => lease))
    return held.filter((each) => !surplus.includes(each))
  }

  #begin(): void {
    while (this.#free() > 0) {
      const job = this.#queue.shift()
      if (job === undefined) return
      const running = this.#do(job)
        .catch((error: unknown) => {
          this.#bug ??= { error }
        })
        .finally(() => this.#running.delete(running))
      this.#running.add(running)
    }
  }

  async #do(job: HeldJob): Promise<void> {
    this.#counts[(await attempt(this.#context, job)) ? 'done' : 'failed'] += 1
    await this.#letGo(job.leases)
  }

  async #count(job: Parameters<typeof attempt>[1]): Promise<boolean> {
    const went = await attempt(this.#context, job)
    if (!went) this.#counts.failed += 1
    return went
  }

  async #letGo(leases: readonly HeldLease[]): Promise<void> {
    for (const lease of leases) {
      if (!(await giveBack(this.#context, lease))) this.#counts.failed += 1
    }
  }
}
