import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  type Clock,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  DEFAULT_QUEUE_POLICY,
  Engine,
  type EngineOptions,
  type QueuePolicy,
  queueSetting,
  type Random,
  type Store,
  type Transport,
  type WorkerId,
} from '@halfrate/core'
import { PRICE_BOOK } from '@halfrate/core/money'
import { nodeDigest } from '@halfrate/runtime'
import { openSqliteStore } from '@halfrate/store-sqlite'
import { benchFolder } from './payload.js'

const random: Random = {
  next: () => Math.random(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
}

const clock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: ({ ms, signal }) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
}

/** A new, empty store of the real kind. */
export async function freshStore(name: string): Promise<Store> {
  const path = join(benchFolder(), `${name}.db`)
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  return await openSqliteStore({ path })
}

/** A store that another side has filled. */
export async function sameStore(name: string): Promise<Store> {
  return await openSqliteStore({ path: join(benchFolder(), `${name}.db`) })
}

/** Everything that waits becomes one batch at once. */
export async function sendAtOnce(store: Store): Promise<void> {
  const value: QueuePolicy = {
    ...DEFAULT_QUEUE_POLICY,
    flush: { count: 100_000, bytes: 255_000_000, ageMs: 0 },
    maxBatchBytes: 255_000_000,
  }
  await store.putSetting({
    ...queueSetting(DEFAULT_PROJECT, DEFAULT_QUEUE),
    value,
    ifVersion: null,
  })
}

/** The engine as a program runs it. */
export function engineOn(
  store: Store,
  transport: Transport,
  more: Partial<EngineOptions> = {},
): Engine {
  const workerId = `bench:${process.pid}` as WorkerId
  return new Engine({
    store,
    transport,
    clock,
    random,
    digest: nodeDigest,
    priceBook: PRICE_BOOK,
    workerId,
    ...more,
  })
}

const OPEN_STATES = [
  'filling',
  'sealed',
  'sending',
  'ambiguous',
  'in_progress',
  'canceling',
  'ended',
] as const

/** Runs rounds until all that was sent is collected. Counting requests instead would be a part of what is measured. */
export async function runUntilDone(engine: Engine, store: Store): Promise<void> {
  const anySubmission = { account: null, afterId: 0, limit: 1 }
  for (;;) {
    await engine.tick()
    const open = await store.listSubmissions({ ...anySubmission, states: OPEN_STATES })
    const home = await store.listSubmissions({ ...anySubmission, states: ['collected'] })
    if (open.length === 0 && home.length > 0) return
  }
}
