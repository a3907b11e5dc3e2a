import { InvalidOptionError } from '../model/index.js'
import { parseDuration } from './duration.js'

/** Everything that tells virtual time from real time, as the start line bears it. */
export interface ClockSetting {
  /** Real instant at which virtual time started. Epoch milliseconds. */
  readonly origin: number
  /** Virtual instant at that moment. Epoch milliseconds. */
  readonly start: number
  /** Virtual milliseconds in a real one. 1 is real time, 600 is ten minutes in a second. */
  readonly factor: number
}

/** The virtual instant at a real one. Epoch milliseconds, whole. */
export function virtualNow(clock: ClockSetting, realNow: number): number {
  return Math.floor(clock.start + (realNow - clock.origin) * clock.factor)
}

/**
 * A clock that runs faster than real time, and can be put forward.
 *
 * Other processes that know its setting see the same time, until it is put forward: they have to
 * read the setting again then.
 */
export class VirtualClock {
  #setting: ClockSetting
  readonly #realNow: () => number
  readonly #listeners = new Set<(now: number) => void>()

  /** @throws {InvalidOptionError} when the factor is not above 0. */
  constructor(setting: ClockSetting, realNow: () => number) {
    if (!(setting.factor > 0 && Number.isFinite(setting.factor))) {
      throw new InvalidOptionError('clock factor', 'a number above 0', setting.factor)
    }
    this.#setting = Object.freeze({ ...setting })
    this.#realNow = realNow
  }

  /** What other processes need to share this clock. */
  get setting(): ClockSetting {
    return this.#setting
  }

  /** The virtual instant now. Epoch milliseconds. */
  now(): number {
    return virtualNow(this.#setting, this.#realNow())
  }

  /**
   * Puts the clock forward by milliseconds or by a span such as `2h`. Listeners are told after.
   *
   * @throws {InvalidOptionError} when the span can't be read or is negative.
   */
  advance(by: number | string): void {
    const ms = typeof by === 'number' ? by : parseDuration(by, 'advance')
    if (!(ms >= 0)) throw new InvalidOptionError('advance', 'a time from 0', by)
    this.#setting = Object.freeze({ ...this.#setting, start: this.#setting.start + ms })
    for (const listener of [...this.#listeners]) listener(this.now())
  }

  /** Tells a listener whenever the clock is put forward, so that sleepers can wake. Returns the way to stop it. */
  onAdvance(listener: (now: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
