import type { Scheduler } from '../time/scheduler.js'

type Wake = () => void | Promise<void>

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
  #clockErrorMs = 0
  #held: Wake[] = []

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

  /** Sets the clock on its wall wrong, or right again. */
  jumpClock(ms: number): void {
    this.#clockErrorMs += Math.round(ms)
  }

  /** How far its clock for people is ahead, by all jumps together. */
  get clockErrorMs(): number {
    return this.#clockErrorMs
  }

  /** Lets a frozen one go on now. */
  thaw(): void {
    // What it would still have slept did not happen.
    this.#asleepMs = Math.max(0, this.#asleepMs - this.thawMs)
    this.#frozenUntil = 0
    this.#goOn()
  }

  /** Gives it something that it waits for, after a while: never if it is dead by then, later if it is frozen. */
  deliver(ms: number, wake: () => void): void {
    this.#scheduler.after(ms, () => this.#arrive(wake))
  }

  /** Has something happen as soon as it is no longer frozen, whether or not it lives then. */
  afterFreeze(wake: Wake): void {
    this.#held.push(wake)
    if (this.#held.length === 1) this.#scheduler.after(this.thawMs, () => this.#goOn())
  }

  // It may have been frozen for longer meanwhile, or thawed before its time.
  #goOn(): void {
    const held = this.#held
    this.#held = []
    for (const wake of held) {
      if (this.isFrozen) this.afterFreeze(wake)
      else this.#scheduler.after(0, wake)
    }
  }

  /** Lets it wait. */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.deliver(ms, resolve))
  }

  #arrive(wake: () => void): void {
    if (this.#isDead) return
    if (this.isFrozen) this.afterFreeze(() => this.#arrive(wake))
    else wake()
  }
}
