import type { Store } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'

const CALLS = 100

// Turns of the event loop while so many calls are awaited one after the other.
async function turnsDuring(store: Store, calls: number): Promise<number> {
  let turns = 0
  const count = (): void => {
    turns += 1
    next = setImmediate(count)
  }
  let next = setImmediate(count)
  for (let call = 0; call < calls; call += 1) await store.now()
  clearImmediate(next)
  await store.shutdown()
  return turns
}

test('the event loop turns between calls', async () => {
  const store = await openSqliteStore({ path: ':memory:', turnEveryMs: 0 })
  expect(await turnsDuring(store, CALLS)).toBeGreaterThanOrEqual(CALLS)
})

test('calls keep the event loop to themselves where that is asked for', async () => {
  const store = await openSqliteStore({ path: ':memory:', turnEveryMs: Infinity })
  expect(await turnsDuring(store, CALLS)).toBe(0)
})

test('a program that awaits nothing but calls of the store has its turns by default', async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  expect(await turnsDuring(store, CALLS * 10_000)).toBeGreaterThan(0)
})
