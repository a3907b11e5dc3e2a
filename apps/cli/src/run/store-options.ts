import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  type AfterAbsence,
  ConfigError,
  type Observer,
  type QueuePolicy,
  RUN_QUEUE,
} from '@halfrate/core'
import {
  checkApiKey,
  checkStoreText,
  type FastClock,
  type Halfrate,
  isLoopback,
  isPostgresUrl,
  missingKey,
  openHalfrate,
  PROVIDER_URL,
  parseBaseUrl,
  refuseFastClockAtProvider,
} from '@halfrate/runtime'
import { DEFAULT_STORE } from '../commands/options.js'
import { readEnvironment } from '../config.js'
import { clockFlag } from '../flags/parse-flag.js'
import { folderPrices } from '../prices/price-files.js'
import type { CommandSettings } from '../settings/command-settings.js'

/** Flags that every command which opens a store has, as they were typed. */
export interface StoreFlags {
  readonly store: string
  readonly baseUrl?: string | undefined
  readonly clock?: string | undefined
  /** What else is said of the settings of this folder. Default: nothing. */
  readonly settings?: CommandSettings | undefined
}

/** Where the work is kept and where it is done. */
export interface Place {
  /** Absolute path of the store, or its URL. May hold a password: print `storeText` of it. */
  readonly store: string
  /** The store that a command finds in this folder when it has no `--store`, likewise. */
  readonly usualStore: string
  readonly baseUrl: URL
  readonly apiKey: string | null
  readonly clock: FastClock | null
  /** The price file that the config file names, as it is written there; null for the built-in prices alone. */
  readonly prices: string | null
}

/** The provider and the key, as every command that asks it needs them. */
export type ProviderPlace = Pick<Place, 'baseUrl' | 'apiKey'>

/**
 * Reads the flags, with what a config file says filled in, and key and address from the environment.
 *
 * @throws {ConfigError} when a flag can't be used.
 */
export function placeOf(flags: StoreFlags): Place {
  return {
    store: storePath(flags.store),
    usualStore: storePath(flags.settings?.file?.settings.store ?? DEFAULT_STORE),
    ...providerOf(flags),
    clock: flags.clock === undefined ? null : clockFlag(flags.clock),
    prices: flags.settings?.file?.settings.prices ?? null,
  }
}

/**
 * Reads where the provider is from the flags, else from the environment, and the key from the environment.
 *
 * @throws {ConfigError} when the address can't be used.
 */
export function providerOf(flags: Pick<StoreFlags, 'baseUrl'>): ProviderPlace {
  const { apiKey, baseUrl } = readEnvironment()
  return {
    baseUrl:
      flags.baseUrl === undefined
        ? parseBaseUrl(baseUrl ?? PROVIDER_URL, 'ANTHROPIC_BASE_URL')
        : parseBaseUrl(flags.baseUrl, '--base-url'),
    apiKey,
  }
}

/**
 * Refuses to begin work that could not be done, before anything is made or stored for it.
 *
 * @throws {ConfigError} when there is no key and the provider is not on this machine, the key can't be one, or the clock is
 * a fast one and the provider is the real one.
 */
export function requireProvider(place: ProviderPlace & Pick<Place, 'clock'>): void {
  refuseFastClockAtProvider(place.clock, place.baseUrl)
  if (place.apiKey === null && !isLoopback(place.baseUrl)) throw missingKey()
  if (place.apiKey !== null) checkApiKey(place.apiKey)
}

/**
 * Opens a store; makes it when it is not there.
 *
 * @throws {ConfigError} when nobody can tell whether it is there, or the price file can't be used.
 */
export async function openStore(
  place: Place,
  rest: {
    readonly observer?: Observer | undefined
    readonly queuePolicy?: Partial<QueuePolicy> | undefined
    readonly afterAbsence?: AfterAbsence | undefined
    readonly makeStore?: boolean | undefined
  } = {},
): Promise<Halfrate> {
  if (!isPostgresUrl(place.store)) await isThere(place.store)
  const { store, baseUrl, apiKey, clock } = place
  const { book: prices } = await folderPrices(place.prices)
  const where = { store, apiKey, clock, baseUrl: baseUrl.href, prices }
  return await openHalfrate({ ...where, queue: RUN_QUEUE, ...rest })
}

/**
 * The same for commands that only look or go on: a store that is not there is an error, not a new store.
 *
 * @throws {ConfigError} when there is no store at that place.
 */
export async function openExistingStore(
  place: Place,
  {
    madeBy,
    ...rest
  }: {
    readonly observer?: Observer | undefined
    readonly afterAbsence?: AfterAbsence | undefined
    /** The command that makes one, for the error. Default: a run. */
    readonly madeBy?: string
  } = {},
): Promise<Halfrate> {
  if (isPostgresUrl(place.store)) return await openStore(place, { ...rest, makeStore: false })
  if (!(await isThere(place.store))) {
    throw new ConfigError(
      `there is no store at ${place.store}.`,
      madeBy === undefined
        ? 'Name one with --store, or make one with halfrate run. If it was lost: halfrate salvage.'
        : `Name one with --store, or make one with ${madeBy}.`,
    )
  }
  return await openStore(place, rest)
}

/** A path beside a store, for files that its work needs for a while; in this folder when it is a database. */
export function besideStore(store: string): string {
  return isPostgresUrl(store) ? resolve('halfrate') : store
}

function storePath(text: string): string {
  checkStoreText(text)
  return isPostgresUrl(text) ? text : resolve(text)
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    const isForbidden = code === 'EACCES' || code === 'EPERM'
    throw new ConfigError(
      `--store ${path}: ${isForbidden ? 'this user may not look into its folder' : message}.`,
      'Change the permissions, or name another file with --store.',
      { cause: error },
    )
  }
}
