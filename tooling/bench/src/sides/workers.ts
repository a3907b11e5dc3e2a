import {
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  DEFAULT_QUEUE_POLICY,
  type Engine,
  InvariantError,
  queueSetting,
  type Store,
  type WorkerId,
} from '@halfrate/core'
import { createHttpTransport } from '@halfrate/transport-http'
import { engineOn } from '../engine-parts.js'
import { requestsFile } from '../payload.js'
import { freshPostgresStore, samePostgresStore } from '../postgres.js'
import { takeIn } from '../take-in.js'
import { withEmulator } from '../with-server.js'

const SCHEMA = 'bench_t12'
const SUBMISSIONS = 64
const REQUESTS_EACH = 100
const LATENCY = '200ms'

/** Eight workers, each with one call to the provider at a time. */
export async function eightWorkers(): Promise<number> {
  return await workers(8)
}

/** One such worker. */
export async function oneWorker(): Promise<number> {
  return await workers(1)
}

async function workers(count: number): Promise<number> {
  const path = await requestsFile(SUBMISSIONS * REQUESTS_EACH, 400)
  const store = await freshPostgresStore(SCHEMA)
  await smallBatches(store)
  await takeIn(store, path)
  return await withEmulator(
    async (baseUrl) => {
      const startedAt = performance.now()
      await collectAll(baseUrl, count)
      const ms = performance.now() - startedAt
      await proveOnce(store, baseUrl)
      await store.shutdown()
      return ms
    },
    ['--latency', LATENCY],
  )
}

async function smallBatches(store: Store): Promise<void> {
  const value = {
    ...DEFAULT_QUEUE_POLICY,
    flush: { count: REQUESTS_EACH, bytes: 100_000_000, ageMs: 0 },
    maxBatchRequests: REQUESTS_EACH,
  }
  await store.putSetting({
    ...queueSetting(DEFAULT_PROJECT, DEFAULT_QUEUE),
    value,
    ifVersion: null,
  })
}

async function collectAll(baseUrl: string, count: number): Promise<void> {
  const stores: Store[] = []
  const engines: Engine[] = []
  const collected = new Set<number>()
  await new Promise<void>((resolve, reject) => {
    const begin = async (index: number): Promise<void> => {
      const store = await samePostgresStore(SCHEMA)
      stores.push(store)
      const engine = engineOn(store, transportTo(baseUrl), {
        workerId: `bench:${process.pid}:${index}` as WorkerId,
        settings: { concurrency: 1 },
        observer: {
          onEvent: (event) => {
            if (event.type !== 'submission_changed' || event.state !== 'collected') return
            collected.add(event.submissionId)
            if (collected.size === SUBMISSIONS) resolve()
          },
        },
      })
      engines.push(engine)
      await engine.start()
    }
    for (let index = 0; index < count; index += 1) begin(index).catch(reject)
  })
  await Promise.all(engines.map((engine) => engine.stop({ graceMs: 0 })))
  await Promise.all(stores.map((store) => store.shutdown()))
}

function transportTo(baseUrl: string): ReturnType<typeof createHttpTransport> {
  return createHttpTransport({
    accounts: () => ({ baseUrl, apiKey: 'bench' }),
    now: () => Date.now(),
  })
}

// Each batch once at the provider, each with its own requests.
async function proveOnce(store: Store, baseUrl: string): Promise<void> {
  const home = await store.listSubmissions({
    account: null,
    afterId: 0,
    limit: 2 * SUBMISSIONS,
    states: ['collected'],
  })
  const response = await fetch(`${baseUrl}/v1/messages/batches?limit=1000`, {
    headers: { 'x-api-key': 'bench', 'anthropic-version': '2023-06-01' },
  })
  const { data } = (await response.json()) as { data: readonly { id: string }[] }
  if (home.length === SUBMISSIONS && data.length === SUBMISSIONS) return
  throw new InvariantError(
    `${home.length} of ${SUBMISSIONS} are collected, and ${data.length} are at the provider.`,
  )
}
