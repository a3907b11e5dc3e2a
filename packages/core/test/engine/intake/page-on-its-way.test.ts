import { expect, test } from 'vitest'
import { openLoad } from '../../../src/engine/intake-load.js'
import { StoreUnavailableError } from '../../../src/errors.js'
import type { PutAnswer, PutParams } from '../../../src/ports/store-intake.js'
import { listed, rows, storedCount, WatchedStore } from './arrange.js'

interface Door {
  readonly letIn: () => void
  readonly lose: (error: Error) => void
}

/** A store far away: each page arrives when it is let in. */
class FarStore extends WatchedStore {
  readonly #doors: Door[] = []
  readonly #waiting: ((door: Door) => void)[] = []
  underWay = 0

  override async putRequests(params: PutParams): Promise<readonly PutAnswer[]> {
    this.underWay += 1
    await new Promise<void>((letIn, lose) => this.#arrive({ letIn, lose }))
    this.underWay -= 1
    return super.putRequests(params)
  }

  /** Waits for a page, and lets it in. */
  async letIn(): Promise<void> {
    ;(await this.#door()).letIn()
  }

  /** Waits for a page, and loses it. */
  async lose(): Promise<void> {
    ;(await this.#door()).lose(new StoreUnavailableError('The store did not answer.'))
  }

  #arrive(door: Door): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#doors.push(door)
    else waiting(door)
  }

  #door(): Promise<Door> {
    const door = this.#doors.shift()
    return new Promise((resolve) => {
      if (door === undefined) this.#waiting.push(resolve)
      else resolve(door)
    })
  }
}

const LOAD = { jobName: 'notes', onConflict: 'report' } as const

test('the next page is filled while one is on its way, and waits for it', async () => {
  const store = new FarStore()
  const load = await openLoad({ store, ...LOAD })
  for (const row of rows(199)) await load.add(row)
  expect(store.underWay).toBe(1)
  expect(load.counts).toMatchObject({ rows: 199, new: 0 })
  const last = rows(200)[199]
  const full = last === undefined ? undefined : load.add(last)
  expect(store.underWay).toBe(1)
  await store.letIn()
  await full
  expect(load.counts).toMatchObject({ rows: 200, new: 100 })
  const finished = load.finish({ sourceDigest: 'd' })
  await store.letIn()
  expect(await finished).toMatchObject({ type: 'committed', counts: { rows: 200, new: 200 } })
  expect(await listed(store)).toHaveLength(200)
})

test('a page that did not arrive is heard of at the end at the latest', async () => {
  const store = new FarStore()
  const load = await openLoad({ store, ...LOAD })
  for (const row of rows(100)) await load.add(row)
  await store.lose()
  await expect(load.finish({ sourceDigest: 'd' })).rejects.toThrow(StoreUnavailableError)
})

test('giving up waits for the page that is on its way, and takes it out again', async () => {
  const store = new FarStore()
  const load = await openLoad({ store, ...LOAD })
  for (const row of rows(100)) await load.add(row)
  const abandoned = load.abandon()
  await store.letIn()
  await abandoned
  expect(storedCount(store)).toBe(0)
  expect(load.isStale).toBe(false)
})
