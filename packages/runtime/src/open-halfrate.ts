import {
  ConfigError,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  Engine,
  type EngineSettings,
  type Observer,
  scaleSettings,
  type Transport,
  type WorkerId,
} from '@halfrate/core'
import { isUnpriced } from '@halfrate/core/budgets'
import { type DrawnStratum, PRICE_BOOK } from '@halfrate/core/money'
import { openBudgets } from './budgets/open-budgets.js'
import { Changes } from './changes.js'
import { checkAccess } from './check-access.js'
import { checkObject, checkOptions, checkText, type Members } from './check-arguments.js'
import { checkQueuePolicy } from './check-queue-policy.js'
import { type CostsOptions, costsReport } from './costs/cost-report.js'
import { cronCalendar } from './cron-calendar.js'
import { welcomeDeferred } from './deferred/deferred-home.js'
import type { Halfrate, HalfrateOptions } from './halfrate.js'
import { countSample } from './jobs/count-sample.js'
import { Library } from './library.js'
import { isDeadLocalWorker, localWorkerId } from './local-worker.js'
import { nodeDigest } from './node-digest.js'
import { type OpenedStore, openStore } from './open-store.js'
import { PROVIDER_URL, parseBaseUrl } from './provider-url.js'
import { type ListenForWork, ServerEngine } from './server-engine.js'
import { systemClock, systemNow, systemRandom } from './system.js'
import { transportOnce } from './transport-once.js'
import { writeQueuePolicy } from './write-queue-policy.js'

/**
 * Opens a store and wires what works on it.
 *
 * @throws {ConfigError} when an option can't be used.
 * @throws {StoreNewerError} when a newer Halfrate wrote the store.
 * @throws {StoreForeignError} when the file is something else.
 *
 * @example
 * await using half = await openHalfrate({ store: './claims.db', apiKey: config.apiKey })
 * const job = await half.run('claims-2026-11-21', rows)
 * for await (const result of job.results()) console.log(result.key, result.status)
 */
export async function openHalfrate(given: HalfrateOptions): Promise<Halfrate> {
  checkOptions('openHalfrate', given, OPTIONS)
  checkText('openHalfrate', 'store: the path of a file or a postgres:// URL', given.store)
  const options = atEmulator(given)
  const fast = options.clock ?? null
  const { queuePolicy } = options
  if (queuePolicy !== undefined) {
    checkObject('openHalfrate', 'queuePolicy: an object with a policy', queuePolicy)
    checkQueuePolicy(queuePolicy, systemNow(fast))
  }
  const baseUrl = parseBaseUrl(options.baseUrl ?? PROVIDER_URL)
  const opened = await openStore({
    store: options.store,
    fastNow: fast === null ? null : () => systemNow(fast),
    realNow: () => systemNow(null),
    make: options.makeStore ?? true,
  })
  const { store } = opened
  const transport = transportOnce({ baseUrl, apiKey: options.apiKey ?? null, fast })
  const wired = wiredOf(options, store, baseUrl)
  if (options.queuePolicy !== undefined) {
    const queue = options.queue ?? DEFAULT_QUEUE
    const [changes, book] = [options.queuePolicy, wired.prices]
    await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue, changes, book })
  }
  const changes = new Changes()
  const observer = bothOf(changes, options.observer)
  const half = {
    ...wired,
    budgets: openBudgets(store),
    holder: () => holderOf(wired),
    inbox: async () => (await opened.countInbox?.()) ?? null,
    engine: async () => makeEngine(wired, await transport(), { ...options, ...opened, observer }),
    costs: async (options?: CostsOptions) =>
      costsReport({ store, project: DEFAULT_PROJECT, book: wired.prices }, options),
    newestBatches: async (limit: number) =>
      (await transport()).list({ account: DEFAULT_ACCOUNT, afterId: null, limit }),
    countSample: (drawn: readonly DrawnStratum[], signal?: AbortSignal) =>
      countSample({ transport, account: DEFAULT_ACCOUNT, drawn, signal }),
    checkAccess: async (signal?: AbortSignal) =>
      checkAccess({ transport: await transport(), store, baseUrl, signal }),
  }
  const library = new Library({
    half,
    opened,
    changes,
    observer,
    checkKey: async () => void (await transport()),
  })
  const { queue, run, estimate, route, job, why, reprice } = library
  const { start, stop, finished, tick, close } = library
  const looks = { estimate, route, job, why }
  const offered = { queue, run, ...looks, reprice, start, stop, finished, tick, close }
  const all = { ...half, ...offered, [Symbol.asyncDispose]: close }
  const { prepareQueue, wake } = library
  welcomeDeferred(all, { half, changes, prepareQueue, start, wake })
  return all
}

const OPTIONS: Members<HalfrateOptions> = {
  store: true,
  makeStore: true,
  apiKey: true,
  baseUrl: true,
  clock: true,
  emulator: true,
  queue: true,
  queuePolicy: true,
  afterAbsence: true,
  observer: true,
  prices: true,
  workerId: true,
}

function wiredOf(options: HalfrateOptions, store: Halfrate['store'], baseUrl: URL) {
  const fast = options.clock ?? null
  const clockFactor = fast?.factor ?? 1
  return {
    ...{ store, baseUrl, clockFactor },
    clock: systemClock(fast),
    digest: nodeDigest,
    random: systemRandom,
    prices: options.prices ?? PRICE_BOOK,
    settings: settingsFor(clockFactor),
    workerId: options.workerId ?? localWorkerId(),
  }
}

// A test that puts a standing clock forward by hours waits for every round: a few a minute will do, and keep the place.
function settingsFor(factor: number): EngineSettings {
  const settings = scaleSettings(factor)
  return factor > 0 ? settings : { ...settings, idleMs: settings.leaseMs / 3 }
}

function atEmulator({ emulator, ...options }: HalfrateOptions): HalfrateOptions {
  if (emulator === undefined) return options
  const twice = (['baseUrl', 'apiKey', 'clock'] as const).find(
    (name) => options[name] !== undefined,
  )
  if (twice === undefined) return { ...options, ...emulator.connection }
  throw new ConfigError(
    `${twice}: expected none beside an emulator, which has its own, got one.`,
    'Leave one of the two out.',
  )
}

function bothOf(first: Observer, second: Observer | undefined): Observer {
  return {
    onEvent(event) {
      first.onEvent(event)
      second?.onEvent(event)
    },
  }
}

type Wired = Pick<
  Halfrate,
  'store' | 'clock' | 'digest' | 'random' | 'prices' | 'settings' | 'workerId'
>

interface EngineExtras extends Pick<HalfrateOptions, 'observer' | 'afterAbsence'> {
  readonly listen: ListenForWork | null
  readonly moveInbox: OpenedStore['moveInbox']
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
  const all = { ...rest, ...given, transport, priceBook: prices, calendar: cronCalendar }
  if (listen === null || moveInbox === null) return new Engine(all)
  const isPriced = (model: string): boolean => !isUnpriced(model, prices, wired.clock.now())
  return new ServerEngine(all, { listen, moveInbox: () => moveInbox(isPriced) })
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
