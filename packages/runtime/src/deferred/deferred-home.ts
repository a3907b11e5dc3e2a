import { ConfigError, type QueueName } from '@halfrate/core'
import type { Changes } from '../changes.js'
import type { Halfrate } from '../halfrate.js'

/** What deferred calls need of the process that they wait in. */
export interface DeferredHome {
  readonly half: Pick<Halfrate, 'store' | 'clock' | 'clockFactor' | 'digest' | 'prices'>
  readonly changes: Changes
  /** Resolves when what is to be known of a queue before something is put into it stands in the store. */
  readonly prepareQueue: (queue: QueueName) => Promise<void>
  /** Works on the store; see {@link Halfrate.start}. */
  readonly start: () => Promise<void>
  /** Has the engine of this process, if there is one, look for work now. */
  readonly wake: () => void
}

const homes = new WeakMap<object, DeferredHome>()
const parts = new WeakMap<DeferredHome, Map<QueueName, unknown>>()

/** Lets calls be deferred to what was opened. */
export function welcomeDeferred(half: Halfrate, home: DeferredHome): void {
  homes.set(half, home)
}

/**
 * Where the calls of a program wait.
 *
 * @throws {ConfigError} for anything that {@link openHalfrate} did not give.
 */
export function deferredHomeOf(half: Halfrate): DeferredHome {
  const home = typeof half === 'object' && half !== null ? homes.get(half) : undefined
  if (home !== undefined) return home
  throw new ConfigError(
    'deferred: expected what openHalfrate() gave, itself and no copy of it, got something else.',
    'Open a store by openHalfrate({ store }), await it, and give it as it is.',
  )
}

/** The one thing of its kind that a home has for a queue, made at the first asking. */
export function ofQueue<T>(home: DeferredHome, queue: QueueName, make: () => T): T {
  let all = parts.get(home)
  if (all === undefined) {
    all = new Map()
    parts.set(home, all)
  }
  if (!all.has(queue)) all.set(queue, make())
  return all.get(queue) as T
}
