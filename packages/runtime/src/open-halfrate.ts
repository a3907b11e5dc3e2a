import {
  type AfterAbsence,
  type Clock,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  type Digest,
  Engine,
  type EngineSettings,
  type Observer,
  PRICE_BOOK,
  type PriceBook,
  type QueueName,
  type QueuePolicy,
  type Random,
  type Store,
  scaleSettings,
  type Transport,
  type WorkerId,
} from '@halfrate/core'
import { checkApiKey, missingKey } from './api-key.js'
import { checkAccess } from './check-access.js'
import { type FastClock, refuseFastClockAtProvider } from './fast-clock.js'
import { isDeadLocalWorker, localWorkerId } from './local-worker.js'
import { nodeDigest } from './node-digest.js'
import { type HalfrateQueue, openQueue } from './open-queue.js'
import { openStore } from './open-store.js'
import { isLoopback, PROVIDER_URL, parseBaseUrl } from './provider-url.js'
import { type ListenForWork, type MoveInbox, ServerEngine } from './server-engine.js'
import { systemClock, systemNow, systemRandom } from './system.js'
import { writeQueuePolicy } from './write-queue-policy.js'

/** What a process needs to say to get a working Halfrate. */
export interface HalfrateOptions {
  /**
   * Path of the SQLite file, `:memory:` for one that ends with the process, or `postgres://user@host/database` for a
   * store that any number of processes may work on; `?schema=`, `?pooler=transaction`, `?pool_size=` and `?durability=unchecked`
   * say more.
   */
  readonly store: string
  /** Whether a PostgreSQL store that is not there is made, and an older one brought up to date. Default true. */
  readonly makeStore?: boolean | undefined
  /** The provider's key. May be left out where the base URL leads to this machine, and when no engine is asked for. */
  readonly apiKey?: string | null | undefined
  /** Where the provider is. Default `https://api.anthropic.com`. */
  readonly baseUrl?: string | null | undefined
  /** A clock shared with an emulator; no engine is made with it for the provider's own host. Default: real time. */
  readonly clock?: FastClock | null | undefined
  /** Whose policy {@link HalfrateOptions.queuePolicy} is. Default `default`. */
  readonly queue?: QueueName | undefined
  /** Members of the queue's policy to set; the others stay as they are stored. Default: none. */
  readonly queuePolicy?: Partial<QueuePolicy> | undefined
  /** What engines do after nobody worked for more than 10 minutes. Default `send`. */
  readonly afterAbsence?: AfterAbsence | undefined
  /** Is told what the engine does. Must not throw and must not wait. */
  readonly observer?: Observer | undefined
  /** Prices to reckon with. Default: those that come with this version. */
  readonly prices?: PriceBook | undefined
  /** Default: this host, process and its start. */
  readonly workerId?: WorkerId | undefined
}

/** A store and all that works on it, wired for one process. */
export interface Halfrate extends AsyncDisposable {
  readonly store: Store
  readonly clock: Clock
  readonly digest: Digest
  readonly random: Random
  readonly prices: PriceBook
  readonly settings: EngineSettings
  readonly workerId: WorkerId
  /** Where the provider is. */
  readonly baseUrl: URL
  /** Milliseconds of the clock in a real one; 1 for real time. */
  readonly clockFactor: number
  /**
   * A queue to put requests into.
   *
   * @throws {ConfigError} when no queue can have that name.
   */
  queue(name: string): HalfrateQueue
  /** Who holds the one worker's place of the store; null when it is free, or when the store takes many. */
  holder(): Promise<WorkerId | null>
  /**
   * Makes an engine for this process, to be started or ticked. One that works on a store that another worker of this
   * host has died on takes that worker's place at once.
   *
   * @throws {ConfigError} when the key is missing, or the clock is a fast one and the provider the real one.
   */
  engine(): Promise<Engine>
  /**
   * Asks the provider once whether it takes the key. One that can't be reached or is busy passes.
   *
   * @throws {ConfigError} when the key is missing, refused, or of another workspace than the store's batches, or there is
   * no Batches API at the base URL.
   */
  checkAccess(signal?: AbortSignal): Promise<void>
  /** Closes the store. Stop engines first. */
  close(): Promise<void>
}

/**
 * Opens a store and wires what works on it.
 *
 * @throws {ConfigError} when an option can't be used.
 * @throws {StoreNewerError} when a newer Halfrate wrote the store.
 * @throws {StoreForeignError} when the file is something else.
 *
 * @example
 * await using half = await openHalfrate({ store: './halfrate.db', apiKey: config.apiKey })
 * const engine = await half.engine()
 * await engine.start()
 */
export async function openHalfrate(options: HalfrateOptions): Promise<Halfrate> {
  const fast = options.clock ?? null
  const baseUrl = parseBaseUrl(options.baseUrl ?? PROVIDER_URL)
  const opened = await openStore({
    store: options.store,
    fastNow: fast === null ? null : () => systemNow(fast),
    realNow: () => systemNow(null),
    make: options.makeStore ?? true,
  })
  const { store } = opened
  const transport = transportOnce({ baseUrl, apiKey: options.apiKey ?? null, fast })
  const wired = {
    store,
    clock: systemClock(fast),
    digest: nodeDigest,
    random: systemRandom,
    prices: options.prices ?? PRICE_BOOK,
    settings: scaleSettings(fast?.factor ?? 1),
    workerId: options.workerId ?? localWorkerId(),
    baseUrl,
    clockFactor: fast?.factor ?? 1,
  }
  if (options.queuePolicy !== undefined) {
    const queue = options.queue ?? DEFAULT_QUEUE
    await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue, changes: options.queuePolicy })
  }
  return {
    ...wired,
    queue: (name) =>
      openQueue({
        ...{ opened, name, digest: nodeDigest, project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT },
      }),
    holder: () => holderOf(wired),
    engine: async () => makeEngine(wired, await transport(), { ...options, ...opened }),
    checkAccess: async (signal) =>
      checkAccess({ transport: await transport(), store, baseUrl, signal }),
    close: () => store.shutdown(),
    [Symbol.asyncDispose]: () => store.shutdown(),
  }
}

type Wired = Pick<
  Halfrate,
  'store' | 'clock' | 'digest' | 'random' | 'prices' | 'settings' | 'workerId'
>

interface EngineExtras extends Pick<HalfrateOptions, 'observer' | 'afterAbsence'> {
  readonly listen: ListenForWork | null
  readonly moveInbox: MoveInbox | null
}

async function makeEngine(
  wired: Wired,
  transport: Transport,
  { observer, afterAbsence, listen, moveInbox }: EngineExtras,
): Promise<Engine> {
  const { prices, ...rest } = wired
  const holder = await holderOf(wired)
  const takeOverFrom = holder !== null && isDeadLocalWorker(holder) ? holder : undefined
  const given = { observer, afterAbsence, takeOverFrom }
  const all = { ...rest, ...given, transport, priceBook: prices }
  return listen === null || moveInbox === null
    ? new Engine(all)
    : new ServerEngine(all, { listen, moveInbox })
}

// Asking for the worker's place tells who holds it. One that was free is given back, for an engine to take.
async function holderOf({ store, settings, workerId }: Wired): Promise<WorkerId | null> {
  if (store.traits.workers === 'many') return null
  const work = { type: 'singleton', name: 'worker' } as const
  const asked = await store.claim({ work, workerId, leaseMs: settings.leaseMs, limit: 1 })
  for (const { resource, epoch } of asked.leases) {
    await store.release({ fence: { resource, epoch } })
  }
  return asked.heldBy?.workerId ?? null
}

// One transport for the life of the process, because it remembers what was sent.
function transportOnce(
  params: Readonly<{ baseUrl: URL; apiKey: string | null; fast: FastClock | null }>,
): () => Promise<Transport> {
  let made: Promise<Transport> | null = null
  return () => {
    made ??= makeTransport(params)
    return made
  }
}

async function makeTransport(
  params: Readonly<{ baseUrl: URL; apiKey: string | null; fast: FastClock | null }>,
): Promise<Transport> {
  const { baseUrl, fast } = params
  refuseFastClockAtProvider(fast, baseUrl)
  const apiKey = params.apiKey ?? (isLoopback(baseUrl) ? 'none' : null)
  if (apiKey === null) throw missingKey()
  checkApiKey(apiKey)
  const { createHttpTransport } = await import('@halfrate/transport-http')
  return createHttpTransport({
    accounts: () => ({ baseUrl: baseUrl.href.replace(/\/$/, ''), apiKey }),
    now: () => systemNow(fast),
  })
}
