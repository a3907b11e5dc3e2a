import { describe, expect, test } from 'vitest'
import { openLoad } from '../../../src/engine/intake-load.js'
import { ConfigError, InvalidInputError, KeyConflictError } from '../../../src/errors.js'
import { DEFAULT_PROJECT, type QueueName } from '../../../src/model/ids.js'
import { errorOf, listed, load, rowOf, rows, storedCount, WatchedStore } from './arrange.js'

const keysOf = (input: readonly { readonly key: string }[]) => input.map(({ key }) => key)

describe('loading an input', () => {
  test('stores every row, page by page, and commits them as one part', async () => {
    const store = new WatchedStore()
    const { job, counts } = await load(store, rows(250))
    expect(store.pages).toEqual([100, 100, 50])
    expect(counts).toEqual({ rows: 250, new: 250, same: 0, changed: 0 })
    expect(job).toMatchObject({ state: 'committed', committedPart: 1, rowCount: 250 })
    expect(job.sourceDigest).toBe('d')
    expect(await listed(store)).toEqual(keysOf(rows(250)))
  })

  test('puts later rows into the queue that the job was made in, whatever is said', async () => {
    const store = new WatchedStore()
    await load(store, rows(2), { queue: 'nightly' as QueueName })
    await load(store, rows(3), { queue: 'other' as QueueName })
    const scope = { project: DEFAULT_PROJECT }
    const all = await store.listRequests({ scope, states: null, afterId: 0, limit: 9 })
    expect(all.map(({ queue }) => queue)).toEqual(['nightly', 'nightly', 'nightly'])
  })

  test('fills pages by bytes where rows are large', async () => {
    const store = new WatchedStore()
    const large = [1, 2, 3, 4, 5].map((row) => rowOf(`k${row}`, row, 'x'.repeat(6_000_000)))
    await load(store, large)
    expect(store.pages).toEqual([3, 2])
  })

  test('stores nothing anew the second time', async () => {
    const store = new WatchedStore()
    await load(store, rows(250))
    const { job, counts } = await load(store, rows(250))
    expect(counts).toEqual({ rows: 250, new: 0, same: 250, changed: 0 })
    expect(job.committedPart).toBe(2)
    expect(storedCount(store)).toBe(250)
  })

  test('lists what the newest input lists, in its order', async () => {
    const store = new WatchedStore()
    await load(store, rows(150))
    const next = [rowOf('k9', 1), rowOf('new', 2), rowOf('k3', 3)]
    const { counts } = await load(store, next)
    expect(counts).toEqual({ rows: 3, new: 1, same: 2, changed: 0 })
    expect(await listed(store)).toEqual(['k9', 'new', 'k3'])
  })

  test('tells how far it is after every row', async () => {
    const told: number[] = []
    await load(new WatchedStore(), rows(3), { onRow: (counts) => told.push(counts.rows) })
    expect(told).toEqual([1, 2, 3])
  })

  test('takes rows that come one by one from afar', async () => {
    const store = new WatchedStore()
    async function* afar() {
      yield* rows(120)
    }
    await load(store, [], { read: () => ({ rows: afar(), sourceDigest: () => null }) })
    expect(await listed(store)).toHaveLength(120)
  })
})

describe('a load that was cut off', () => {
  async function cutAfterTwoPages(): Promise<WatchedStore> {
    const store = new WatchedStore()
    store.cutAt(2)
    await errorOf(load(store, rows(250)))
    store.heal()
    expect(storedCount(store)).toBe(200)
    expect(await listed(store)).toEqual([])
    return store
  }

  test('goes on with the same input and counts its rows as new', async () => {
    const store = await cutAfterTwoPages()
    const { counts } = await load(store, rows(250))
    expect(counts).toEqual({ rows: 250, new: 250, same: 0, changed: 0 })
    expect(storedCount(store)).toBe(250)
    expect(store.pages).toEqual([100, 100, 100, 100, 50])
  })

  test.each([
    ['a line was edited', rows(250).with(6, rowOf('k7', 7, 'edited'))],
    [
      'lines were moved',
      [...rows(250).slice(5), ...rows(5)].map((row, index) => ({ ...row, row: index + 1 })),
    ],
    ['lines were taken out', rows(120)],
    ['all of it is another', rows(250, 1_000)],
  ])('takes a new input when %s, and leaves nothing of the old one', async (_, input) => {
    const store = await cutAfterTwoPages()
    const { counts } = await load(store, input)
    expect(counts).toEqual({ rows: input.length, new: input.length, same: 0, changed: 0 })
    expect(storedCount(store)).toBe(input.length)
    expect(await listed(store)).toEqual(keysOf(input))
  })

  test('still finds a key that the input has twice', async () => {
    const store = await cutAfterTwoPages()
    const input = [...rows(250), rowOf('k3', 251)]
    expect(await errorOf(load(store, input))).toMatchObject({ rule: 'repeated_key' })
    expect(storedCount(store)).toBe(0)
  })

  test('leaves no trace of what it listed of an earlier input', async () => {
    const store = new WatchedStore()
    await load(store, rows(250))
    store.cutAt(5)
    await errorOf(load(store, rows(250)))
    store.heal()
    await load(store, rows(120))
    expect(await listed(store)).toEqual(keysOf(rows(120)))
  })

  test('may be cut off again and again', async () => {
    const store = new WatchedStore()
    for (const put of [1, 3, 6]) {
      store.cutAt(put)
      await errorOf(load(store, rows(450)))
    }
    store.heal()
    const { counts } = await load(store, rows(450))
    expect(counts.new).toBe(450)
    expect(storedCount(store)).toBe(450)
  })
})

describe('an input that can not be taken', () => {
  test.each([
    ['on one page', 3, 7],
    ['on two pages', 3, 207],
  ])('names both rows of a key that comes twice %s', async (_, first, second) => {
    const store = new WatchedStore()
    const input = rows(250).with(second - 1, rowOf(`k${first}`, second))
    const error = await errorOf(load(store, input))
    expect(error).toBeInstanceOf(InvalidInputError)
    expect(error).toMatchObject({
      rule: 'repeated_key',
      message: `notes.jsonl:${second}: key: expected every key once, got "k3" in lines 3 and ${second}.`,
      nextStep:
        'A key names one request of a job. Nothing was sent. Fix the line, then run the same command again.',
    })
    expect(storedCount(store)).toBe(0)
  })

  test('names rows where there are no lines', async () => {
    const input = [rowOf('a', 1), rowOf('a', 2, 'other params')]
    const error = await errorOf(load(new WatchedStore(), input, { file: null }))
    expect(error).toMatchObject({
      message: 'key: expected every key once, got "a" in rows 1 and 2.',
    })
  })

  test('leaves nothing behind when its last row is bad', async () => {
    const store = new WatchedStore()
    const bad = new InvalidInputError({
      place: { file: 'notes.jsonl', line: 251, field: null },
      rule: 'invalid_json',
      problem: 'no',
      nextStep: 'Fix it.',
    })
    function* read() {
      yield* rows(250)
      throw bad
    }
    const reading = () => ({ rows: read(), sourceDigest: () => 'd' })
    expect(await errorOf(load(store, [], { read: reading }))).toBe(bad)
    expect(storedCount(store)).toBe(0)
    expect(await listed(store)).toEqual([])
  })

  test('is refused when it is empty, and the job keeps what it had', async () => {
    const store = new WatchedStore()
    await load(store, rows(3))
    expect(await errorOf(load(store, []))).toMatchObject({ rule: 'empty_input' })
    expect(await listed(store)).toEqual(['k1', 'k2', 'k3'])
  })

  test('comes out with the reason even when tidying up fails', async () => {
    const store = new WatchedStore()
    const reason = new TypeError('the reader broke')
    const read = () => {
      throw reason
    }
    store.discardPart = async () => Promise.reject(new TypeError('the store broke too'))
    expect(await errorOf(load(store, [], { read }))).toBe(reason)
  })
})

describe('keys that are there with other params', () => {
  const changed = [
    ...rows(250)
      .with(1, rowOf('k2', 2, 'new'))
      .with(200, rowOf('k201', 201, 'new')),
    rowOf('more', 251),
  ]

  test('are told of in the singular when there is one', async () => {
    const store = new WatchedStore()
    await load(store, rows(2))
    const error = await errorOf(load(store, rows(2).with(1, rowOf('k2', 2, 'new'))))
    expect(String(error)).toContain('1 row of job "notes" has other params than last time ("k2").')
  })

  test('stop the load, all of them counted, and leave the job as it was', async () => {
    const store = new WatchedStore()
    await load(store, rows(250))
    const error = await errorOf(load(store, changed))
    expect(error).toBeInstanceOf(KeyConflictError)
    expect(error).toMatchObject({ changedRows: 2 })
    expect(String(error)).toContain(
      '2 rows of job "notes" have other params than last time ("k2", "k201").',
    )
    expect(storedCount(store)).toBe(250)
    expect(await listed(store)).toEqual(keysOf(rows(250)))
  })

  test('are kept on demand', async () => {
    const store = new WatchedStore()
    await load(store, rows(250))
    const { counts } = await load(store, changed, { onConflict: 'keep' })
    expect(counts).toEqual({ rows: 251, new: 1, same: 248, changed: 2 })
    expect(await listed(store)).toEqual(keysOf(changed))
    expect(storedCount(store)).toBe(251)
  })

  test('are superseded on demand, also when that was cut off', async () => {
    const store = new WatchedStore()
    await load(store, rows(250))
    store.cutAt(5)
    await errorOf(load(store, changed, { onConflict: 'supersede' }))
    store.heal()
    const { counts } = await load(store, changed, { onConflict: 'supersede' })
    expect(counts).toEqual({ rows: 251, new: 3, same: 248, changed: 0 })
    expect(storedCount(store)).toBe(253)
    expect(await listed(store)).toEqual(keysOf(changed))
  })

  test('are compared with what the job has and not with what was cut off', async () => {
    const store = new WatchedStore()
    await load(store, rows(250))
    store.cutAt(5)
    const tried = rows(250).with(4, rowOf('k5', 5, 'tried'))
    await errorOf(load(store, tried, { onConflict: 'supersede' }))
    store.heal()
    const { counts } = await load(store, rows(250))
    expect(counts).toEqual({ rows: 250, new: 0, same: 250, changed: 0 })
    expect(storedCount(store)).toBe(250)
  })
})

describe('two who load at once', () => {
  test('both end well with the same input', async () => {
    const store = new WatchedStore()
    const slow = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
    for (const row of rows(150)) await slow.add(row)
    await load(store, rows(250))
    for (const row of rows(250).slice(150)) await slow.add(row)
    expect(slow.isStale).toBe(true)
    expect(await slow.finish({ sourceDigest: 'd' })).toEqual({ type: 'reload' })
    const again = await load(store, rows(250))
    expect(again.counts).toEqual({ rows: 250, new: 0, same: 250, changed: 0 })
    expect(storedCount(store)).toBe(250)
  })

  test('both end well with the same input as a later part', async () => {
    const store = new WatchedStore()
    await load(store, rows(50))
    const slow = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
    for (const row of rows(250).slice(0, 200)) await slow.add(row)
    await load(store, rows(250))
    for (const row of rows(250).slice(200)) await slow.add(row)
    expect(await slow.finish({ sourceDigest: 'd' })).toEqual({ type: 'reload' })
    const again = await load(store, rows(250))
    expect(again.counts).toEqual({ rows: 250, new: 0, same: 250, changed: 0 })
    expect(await listed(store)).toEqual(keysOf(rows(250)))
    expect(storedCount(store)).toBe(250)
  })

  test('never commit an input as the other one, though it has as many rows', async () => {
    const store = new WatchedStore()
    const slow = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
    for (const row of rows(200)) await slow.add(row)
    const { job } = await load(store, rows(200, 1_000))
    expect(job.committedPart).toBe(1)
    expect(await slow.finish({ sourceDigest: 'd' })).toEqual({ type: 'reload' })
    expect(await listed(store)).toEqual(keysOf(rows(200, 1_000)))
  })

  test('never list rows of both in a later part', async () => {
    const store = new WatchedStore()
    await load(store, rows(250))
    const slow = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
    for (const row of rows(120)) await slow.add(row)
    await load(store, rows(30, 200))
    expect(await slow.finish({ sourceDigest: 'd' })).toEqual({ type: 'reload' })
    expect(await listed(store)).toEqual(keysOf(rows(30, 200)))
  })

  test('are not blamed for repeating keys that the other has in other rows', async () => {
    const store = new WatchedStore()
    const turned = rows(150)
      .reverse()
      .map((row, index) => ({ ...row, row: index + 1 }))
    const other = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
    let readings = 0
    async function* read() {
      readings += 1
      if (readings === 1) for (const row of rows(100)) await other.add(row)
      yield* turned
    }
    await load(store, [], { read: () => ({ rows: read(), sourceDigest: () => 'd' }) })
    expect(readings).toBe(2)
    expect(await listed(store)).toEqual(keysOf(turned))
    expect(await other.finish({ sourceDigest: 'd' })).toEqual({ type: 'reload' })
    expect(storedCount(store)).toBe(150)
  })

  test('are blamed for a key that their own input repeats', async () => {
    const store = new WatchedStore()
    const other = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
    let readings = 0
    async function* read() {
      readings += 1
      if (readings === 1) for (const row of rows(100, 1_000)) await other.add(row)
      yield* [...rows(150), rowOf('k3', 151)]
    }
    const reading = () => ({ rows: read(), sourceDigest: () => 'd' })
    expect(await errorOf(load(store, [], { read: reading }))).toMatchObject({
      rule: 'repeated_key',
    })
    expect(storedCount(store)).toBe(0)
  })

  test('leave what the other has alone when one of them gives up after it', async () => {
    const store = new WatchedStore()
    const slow = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
    for (const row of rows(100)) await slow.add(row)
    const fast = await openLoad({ store, jobName: 'notes', onConflict: 'report', isAnew: true })
    for (const row of rows(100, 500)) await fast.add(row)
    await slow.abandon()
    expect((await fast.finish({ sourceDigest: 'd' })).type).toBe('committed')
    expect(await listed(store)).toEqual(keysOf(rows(100, 500)))
  })

  test('are told when they fill one job with two inputs', async () => {
    const store = new WatchedStore()
    let intruders = 0
    const read = () => ({ rows: intruded(), sourceDigest: () => 'd' })
    async function* intruded() {
      yield* rows(100)
      intruders += 1
      const other = await openLoad({ store, jobName: 'notes', onConflict: 'report' })
      for (const row of rows(100, 1_000 * intruders)) await other.add({ ...row, row: 7_000 })
    }
    const error = await errorOf(load(store, [], { read }))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({
      message: 'Job "notes" is being filled by another process at the same time.',
      nextStep:
        'Nothing of this input was sent. Run again when that one is done, or give this input a job of another name.',
    })
    expect(storedCount(store)).toBe(0)
  })
})
