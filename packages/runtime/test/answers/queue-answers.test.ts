import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type QueueName,
  type RequestId,
  StoreUnavailableError,
} from '@halfrate/core'
import { IntakeRowMaker } from '@halfrate/core/intake'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { parseCursor } from '../../src/answers/answers-cursor.js'
import { queueAnswers } from '../../src/answers/queue-answers.js'
import { type QueueResultsOptions, queueResults } from '../../src/answers/queue-results.js'
import { nodeDigest, type Result } from '../../src/index.js'
import { rowOf } from '../jobs/open-jobs.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 10, 20)
const queue = 'triage' as QueueName
const maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })

class Place {
  now = START
  readonly store = new MemoryStore({ now: () => this.now, pageLimit: 100 })
  readonly #ids = new Map<string, RequestId>()

  async enqueue(...keys: readonly string[]): Promise<void> {
    const rows = keys.map((key) => maker.intakeRowOf(rowOf(key, key), null))
    const to = { project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT, queue, job: null }
    const answers = await this.store.putRequests({ ...to, rows, onConflict: 'report' })
    for (const [index, key] of keys.entries()) this.#ids.set(key, answers[index]?.id as RequestId)
  }

  async end(...keys: readonly string[]): Promise<void> {
    const requestIds = keys.map((key) => this.#ids.get(key) as RequestId)
    await this.store.cancel({ project: DEFAULT_PROJECT, requestIds, reason: 'canceled' })
  }

  /** The keys of a reading, and what it says at its end. */
  async read(options: QueueResultsOptions = {}): Promise<{
    readonly keys: readonly string[]
    readonly cursor: string | null
    readonly open: number | null
    readonly fresh: number | null
  }> {
    const results = queueResults({
      ...{ store: this.store, digest: nodeDigest, project: DEFAULT_PROJECT, queue, options },
      read: (result: Result) => Promise.resolve(result),
    })
    expect([results.cursor, results.openCount]).toEqual([null, null])
    const keys: string[] = []
    for await (const { key } of results) keys.push(key)
    const { cursor, openCount, freshCount } = results
    return { keys, cursor, open: openCount, fresh: freshCount }
  }

  /** A reading from a cursor on; the next one's cursor is in its answer. */
  async after(cursor: string | null): ReturnType<Place['read']> {
    return await this.read({ after: cursor ?? expect.fail('there is no cursor') })
  }
}

test('a reading has all that is done, says how many are not, and has no cursor where none was asked for', async () => {
  const place = new Place()
  await place.enqueue('a', 'b', 'c')
  await place.end('c', 'a')
  expect(await place.read()).toEqual({ keys: ['a', 'c'], cursor: null, open: 1, fresh: 0 })
})

test('nightly readings have each answer once, also of what is done long after newer ones', async () => {
  const place = new Place()
  await place.enqueue('slow', 'a', 'b')
  place.now += HOUR
  await place.end('a', 'b')
  place.now += 23 * HOUR
  const first = await place.after('start')
  expect(first).toMatchObject({ keys: ['a', 'b'], open: 1 })
  await place.enqueue('c')
  await place.end('slow')
  place.now += 24 * HOUR
  const second = await place.after(first.cursor)
  expect(second).toMatchObject({ keys: ['slow'], open: 1 })
  await place.end('c')
  const third = await place.after(second.cursor)
  expect(third).toMatchObject({ keys: [], open: 0, fresh: 1 })
  place.now += 24 * HOUR
  expect(await place.after(third.cursor)).toMatchObject({ keys: ['c'], fresh: 0 })
})

test('the same cursor reads the same again, for whoever lost what it had read', async () => {
  const place = new Place()
  await place.enqueue('a')
  await place.end('a')
  place.now += HOUR
  const { cursor } = await place.after('start')
  await place.enqueue('b')
  await place.end('b')
  place.now += HOUR
  expect((await place.after(cursor)).keys).toEqual(['b'])
  expect((await place.after(cursor)).keys).toEqual(['b'])
})

test('since an instant there is what was done then or later', async () => {
  const place = new Place()
  await place.enqueue('a', 'b', 'c')
  await place.end('b')
  place.now += HOUR
  await place.end('a')
  expect(await place.read({ since: place.now })).toMatchObject({ keys: ['a'], open: 1 })
  expect((await place.read({ since: START })).keys).toEqual(['a', 'b'])
})

test('more answers than a page holds are all given', async () => {
  const place = new Place()
  const keys = Array.from({ length: 250 }, (_, index) => `r${index}`)
  for (let at = 0; at < keys.length; at += 50) await place.enqueue(...keys.slice(at, at + 50))
  for (let at = 0; at < keys.length; at += 50) await place.end(...keys.slice(at, at + 50))
  expect((await place.read()).keys).toEqual(keys)
})

test('what is no cursor of this queue is refused before anything is read', async () => {
  const place = new Place()
  await place.enqueue('a')
  const { cursor } = await place.after('start')
  const whole = cursor as string
  const message = /^after: expected start, or the cursor .* of queue triage gave, got /
  for (const text of [
    '',
    '1',
    whole.slice(1),
    whole.slice(0, -1),
    `${whole}.0`,
    whole.toUpperCase(),
  ]) {
    await expect(place.read({ after: text }), text).rejects.toThrow(message)
  }
  const other = 'sums' as QueueName
  expect(() => parseCursor(whole, other, nodeDigest)).toThrow(/queue sums gave, got/)
  expect(parseCursor(whole, queue, nodeDigest)).toMatchObject({ doneFrom: START - 5 * MINUTE })
  await expect(place.read({ after: whole, since: 0 })).rejects.toThrow(
    "after and since can't go together",
  )
  await expect(place.read({ sinse: 0 } as never)).rejects.toThrow('Was since meant?')
})

test('a cursor of a later time than the clock tells is refused, since what is done meanwhile would be missed', async () => {
  const place = new Place()
  await place.enqueue('a')
  const { cursor } = await place.after('start')
  place.now -= HOUR
  await expect(place.after(cursor)).rejects.toThrow(/another store's, or the clock was put back/)
})

test('a reading of a store that went away ends with its error, and the same reading again has all', async () => {
  const place = new Place()
  await place.enqueue('a')
  await place.end('a')
  const away = new StoreUnavailableError('the store is away')
  const store = Object.create(place.store, { readResults: { value: () => Promise.reject(away) } })
  const from = { project: DEFAULT_PROJECT, queue, from: { since: null }, most: 10, patienceMs: 0 }
  await expect(queueAnswers({ ...from, store }).next()).rejects.toBe(away)
  const again = await queueAnswers({ ...from, store: place.store }).next()
  expect(again).toMatchObject({ done: false, value: [{ request: { key: 'a' } }] })
})
