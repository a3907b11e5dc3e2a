import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError, type Observer, type QueueName, type QueuePolicy } from '@halfrate/core'
import {
  type FastClock,
  type Halfrate,
  isLoopback,
  missingKey,
  openHalfrate,
  PROVIDER_URL,
  parseBaseUrl,
  refuseFastClockAtProvider,
} from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { clockFlag } from '../flags/parse-flag.js'

/** Flags that every command which opens a store has, as they were typed. */
export interface StoreFlags {
  readonly store: string
  readonly baseUrl?: string | undefined
  readonly clock?: string | undefined
}

/** Where the work is kept and where it is done. */
export interface Place {
  /** Absolute path of the store. */
  readonly store: string
  readonly baseUrl: URL
  readonly apiKey: string | null
  readonly clock: FastClock | null
}

/** The queue that `run` fills; its policy sends at once. */
export const RUN_QUEUE: QueueName = 'run' as QueueName

/**
 * Reads the flags, and key and address from the environment.
 *
 * @throws {ConfigError} when a flag can't be used.
 */
export function placeOf(flags: StoreFlags): Place {
  const environment = readEnvironment()
  return {
    store: resolve(flags.store),
    baseUrl: parseBaseUrl(flags.baseUrl ?? environment.baseUrl ?? PROVIDER_URL),
    apiKey: environment.apiKey,
    clock: flags.clock === undefined ? null : clockFlag(flags.clock),
  }
}

/**
 * Refuses to begin work that could not be done, before anything is made or stored for it.
 *
 * @throws {ConfigError} when there is no key and the provider is not on this machine, or the clock is a fast one and the
 * provider is the real one.
 */
export function requireProvider(place: Place): void {
  refuseFastClockAtProvider(place.clock, place.baseUrl)
  if (place.apiKey === null && !isLoopback(place.baseUrl)) throw missingKey()
}

/** Opens a store; makes it when it is not there. */
export function openStore(
  place: Place,
  rest: {
    readonly observer?: Observer | undefined
    readonly queuePolicy?: Partial<QueuePolicy> | undefined
  } = {},
): Promise<Halfrate> {
  return openHalfrate({ ...place, baseUrl: place.baseUrl.href, queue: RUN_QUEUE, ...rest })
}

/**
 * The same for commands that only look or go on: a store that is not there is an error, not a new store.
 *
 * @throws {ConfigError} when there is no store at that place.
 */
export async function openExistingStore(
  place: Place,
  rest: { readonly observer?: Observer | undefined } = {},
): Promise<Halfrate> {
  if (!existsSync(place.store)) {
    throw new ConfigError(
      `there is no store at ${place.store}.`,
      'Name one with --store, or make one with halfrate run.',
    )
  }
  return await openStore(place, rest)
}
