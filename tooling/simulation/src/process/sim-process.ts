import type { Scheduler } from '../time/scheduler.js'

/**
 * A process of the simulation: it can be killed at any instant, after which nothing that it waits for comes, and it
 * can be frozen, after which everything comes late.
 */
export class SimProcess {
  readonly name: string
  readonly #scheduler: Scheduler
  readonly #onKilled: () => void
  #isDead = false
  #frozenUntil = 0
  #asleepMs = 0

  constructor(name: string, scheduler: Scheduler, onKilled: () => void) {
    this.name = name
    this.#scheduler = scheduler
    this.#onKilled = onKilled
  }

  get isDead(): boolean {
    return this.#isDead
  }

  get isFrozen(): boolean {
    return this.#scheduler.now < this.#frozenUntil
  }

  /** Milliseconds until it goes on; 0 when it is not frozen. */
  get thawMs(): number {
    return Math.max(0, this.#frozenUntil - this.#scheduler.now)
  }

  /** Ends it as `kill -9` does. */
  kill(): void {
    if (this.#isDead) return
    this.#isDead = true
    this.#onKilled()
  }

  /** Ends it because it is not needed any more; nobody starts it again. */
  retire(): void {
    this.#isDead = true
  }

  /** Stops it as SIGSTOP does, for a while. */
  freeze(ms: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#scheduler.now + Math.round(ms))
  }

  /** Stops the machine under it for a while, as a closed lid does: its monotonic clock stands still too. */
  putToSleep(ms: number): void {
    const before = this.thawMs
    this.freeze(ms)
    this.#asleepMs += this.thawMs - before
  }

  /** How long its machine was asleep, which its monotonic clock does not count. */
  get asleepMs(): number {
    return this.#asleepMs
  }

  /** Lets a frozen one go on now. */
  thaw(): void {
    // What it would still have slept did not happen.
    this.#asleepMs = Math.max(0, this.#asleepMs - this.thawMs)
    this.#frozenUntil = 0
  }

  /** Gives it something that it waits for, after a while: never if it is dead by then, later if it is frozen. */
  deliver(ms: number, wake: () => void): void {
    this.#scheduler.after(ms, () => this.#arrive(wake))
  }

  /** Lets it wait. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.deliver(ms, resolve))
  }

  #arrive(wake: () => void): void {
    if (this.#isDead) return
    if (this.isFrozen) this.deliver(this.thawMs, wake)
    else wake()
  }
}
