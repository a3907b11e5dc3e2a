import { InvalidOptionError } from '../model/index.js'
import { parseDuration } from './duration.js'

/** Everything that tells virtual time from real time, as the start line bears it. */
export interface ClockSetting {
  /** Real instant at which virtual time started. Epoch milliseconds. */
  readonly origin: number
  /** Virtual instant at that moment. Epoch milliseconds. */
  readonly start: number
  /** Virtual milliseconds in a real one. 0 stands still, 1 is real time, 600 is ten minutes in a second. */
  readonly factor: number
}

/** What a clock needs besides its setting. */
export interface VirtualClockParams {
  /** Real time. Epoch milliseconds. */
  readonly realNow: () => number
  /** Resolves once those who were woken have done what they woke for. Default: after one turn of the event loop. */
  readonly rest?: () => Promise<void>
  /** Called whenever time has been put forward, before {@link VirtualClock.advance} resolves. */
  readonly onAdvanced?: () => void
}

// Node turns a longer time-out into one millisecond.
const LONGEST_TIMEOUT_MS = 2_147_483_647

interface Sleeper {
  readonly dueAt: number
  readonly wake: () => void
  timer: NodeJS.Timeout | null
}

/** The virtual instant at a real one. Epoch milliseconds, whole. */
export function virtualNow(clock: ClockSetting, realNow: number): number {
  return Math.floor(clock.start + (realNow - clock.origin) * clock.factor)
}

/**
 * A clock that stands still, or runs by a factor of real time, and can be put forward.
 *
 * It is a {@link ClockSetting} itself, always the one that holds now, and has what Halfrate's own clocks have. Other
 * processes that know its setting see the same time until it is put forward: they have to read the setting again then.
 */
export class VirtualClock implements ClockSetting {
  #setting: ClockSetting
  readonly #params: VirtualClockParams
  #sleepers: Sleeper[] = []
  #advancing: Promise<void> | null = null
  #latest = 0

  /** @throws {InvalidOptionError} when a member of the setting is no number in its range. */
  constructor(setting: ClockSetting, params: VirtualClockParams) {
    checkMember('clock.factor', setting.factor)
    checkMember('clock.origin', setting.origin)
    checkMember('clock.start', setting.start)
    const { origin, start, factor } = setting
    this.#setting = Object.freeze({ origin, start, factor })
    this.#params = params
  }

  /** What other processes need to share this clock. */
  get setting(): ClockSetting {
    return this.#setting
  }

  get origin(): number {
    return this.#setting.origin
  }

  get start(): number {
    return this.#setting.start
  }

  get factor(): number {
    return this.#setting.factor
  }

  /** The virtual instant now. Epoch milliseconds. */
  now(): number {
    return virtualNow(this.#setting, this.#params.realNow())
  }

  /** Virtual milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number {
    this.#latest = Math.max(this.#latest, this.now())
    return this.#latest
  }

  /**
   * Resolves after `ms` of virtual time, or at once when the signal is aborted; never rejects. On a clock that stands
   * still only {@link VirtualClock.advance} ends it. Keeps no process alive.
   */
  sleep(params: Readonly<{ ms: number; signal?: AbortSignal | undefined }>): Promise<void> {
    const { ms, signal } = params
    if (signal?.aborted === true || !(ms > 0)) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        dueAt: this.now() + ms,
        timer: null,
        wake: () => {
          signal?.removeEventListener('abort', sleeper.wake)
          if (sleeper.timer !== null) clearTimeout(sleeper.timer)
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
          resolve()
        },
      }
      signal?.addEventListener('abort', sleeper.wake)
      this.#sleepers.push(sleeper)
      this.#arm(sleeper)
    })
  }

  /**
   * Puts the clock forward by milliseconds or by a span such as `2h` or `1h30m`.
   *
   * All that the provider does in that time has happened when this resolves. Whoever sleeps on this clock wakes in the
   * order of being due, each at its own instant; calls that are being made to the emulator, and those that follow on
   * them at once, are answered before time goes on. What goes on elsewhere (files, other servers) is not waited for.
   * One advance after another is served.
   *
   * @throws {InvalidOptionError} when the span can't be read or is negative; as a rejection.
   */
  async advance(by: number | string): Promise<void> {
    const ms = spanOf(by)
    while (this.#advancing !== null) await this.#advancing
    this.#advancing = this.#step(ms).finally(() => {
      this.#advancing = null
    })
    await this.#advancing
  }

  async #step(ms: number): Promise<void> {
    const { rest = turn, onAdvanced } = this.#params
    let left = ms
    // Whoever is at work now is to sleep first, or it would find itself hours later.
    await rest()
    for (let next = this.#nextDue(left); next !== null; next = this.#nextDue(left)) {
      left -= this.#move(Math.min(left, Math.max(0, next.dueAt - this.now())))
      onAdvanced?.()
      next.wake()
      await rest()
    }
    this.#move(left)
    // Those that a running clock wakes by itself now wait for less.
    for (const sleeper of this.#sleepers) this.#arm(sleeper)
    onAdvanced?.()
  }

  #move(ms: number): number {
    this.#setting = Object.freeze({ ...this.#setting, start: this.#setting.start + ms })
    return ms
  }

  #nextDue(withinMs: number): Sleeper | null {
    const until = this.now() + withinMs
    let first: Sleeper | null = null
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueAt <= until && sleeper.dueAt < (first?.dueAt ?? Infinity)) first = sleeper
    }
    return first
  }

  #arm(sleeper: Sleeper): void {
    if (this.factor === 0) return
    if (sleeper.timer !== null) clearTimeout(sleeper.timer)
    const realMs = Math.ceil((sleeper.dueAt - this.now()) / this.factor)
    const ring = (): void => {
      if (this.now() >= sleeper.dueAt) sleeper.wake()
      else this.#arm(sleeper)
    }
    sleeper.timer = setTimeout(ring, Math.min(Math.max(realMs, 0), LONGEST_TIMEOUT_MS)).unref()
  }
}

function spanOf(by: unknown): number {
  if (typeof by === 'string') return parseDuration(by, 'advance', NOT_ADVANCED)
  if (typeof by === 'number' && Number.isFinite(by) && by >= 0) return Math.round(by)
  const expected = 'milliseconds from 0, or a time such as 90s or 2h'
  throw new InvalidOptionError('advance', expected, by, NOT_ADVANCED)
}

const NOT_ADVANCED = 'Correct the call. The clock stays where it is.'

function checkMember(name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return
  throw new InvalidOptionError(name, 'a number from 0', value)
}

// One turn of the event loop: all promise callbacks that are ready run in it.
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
