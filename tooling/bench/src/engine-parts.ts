import { createHash, createHmac, randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Clock,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  DEFAULT_QUEUE_POLICY,
  type Digest,
  Engine,
  type EngineOptions,
  PRICE_BOOK,
  type QueuePolicy,
  queueSetting,
  type Random,
  type Store,
  type Transport,
  type WorkerId,
} from '@halfrate/core'
import { openSqliteStore } from '@halfrate/store-sqlite'
import { benchFolder } from './payload.js'

/** SHA-256 and HMAC from Node. */
export const digest: Digest = {
  hash128: (...parts) => {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return new Uint8Array(hash.digest().subarray(0, 16))
  },
  hmacSha256: (key, message) => new Uint8Array(createHmac('sha256', key).update(message).digest()),
}

const random: Random = {
  next: () => Math.random(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
}

const clock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/** A new, empty store of the real kind. */
export async function freshStore(name: string): Promise<Store> {
  const path = join(benchFolder(), `${name}.db`)
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
  return await openSqliteStore({ path })
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
    digest,
    priceBook: PRICE_BOOK,
    workerId,
    ...more,
  })
}

/** Runs rounds until every request of the store is done. */
export async function runUntilDone(engine: Engine, store: Store): Promise<void> {
  for (;;) {
    await engine.tick()
    const { counts } = await store.report({ scope: { project: DEFAULT_PROJECT } })
    if (counts.byState.done === counts.total) return
  }
}
