import { expect, test } from 'vitest'
import { enqueue } from '../../../src/engine/intake-enqueue.js'
import { rowOf, storedCount, WatchedStore } from './arrange.js'

const loose = (count: number) =>
  Array.from({ length: count }, (_, index) => rowOf(`k${index}`, null))

test('requests without a job are accepted page by page, and answered in order', async () => {
  const store = new WatchedStore()
  const answers = await enqueue({ store, rows: loose(150) })
  expect(store.pages).toEqual([100, 50])
  expect(answers.map(({ type }) => type)).toEqual(new Array(150).fill('new'))
  const ids = answers.map(({ id }) => id)
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
})

test('requests that are there are answered with what is there', async () => {
  const store = new WatchedStore()
  const [first] = await enqueue({ store, rows: loose(1) })
  const [same] = await enqueue({ store, rows: loose(1) })
  const [conflict] = await enqueue({ store, rows: [rowOf('k0', null, 'other')] })
  expect(same).toEqual({ ...first, type: 'same' })
  expect(conflict).toEqual({ ...first, type: 'conflict' })
  expect(storedCount(store)).toBe(1)
  const [newer] = await enqueue({
    store,
    rows: [rowOf('k0', null, 'other')],
    onConflict: 'supersede',
  })
  expect(newer?.type).toBe('new')
  expect(newer?.id).not.toBe(first?.id)
})

test('nothing to enqueue is no call', async () => {
  const store = new WatchedStore()
  expect(await enqueue({ store, rows: [] })).toEqual([])
  expect(store.pages).toEqual([])
})

test('files fill a page by their bytes, and one that many rows have counts once', async () => {
  const file = (byte: number) => ({
    hash: new Uint8Array(32).fill(byte),
    bytes: new Uint8Array(10_000_000).fill(byte),
  })
  const [first, second, third] = [file(1), file(2), file(3)]
  const store = new WatchedStore()
  const files = [first, first, first, first, second, third, third, first]
  const rows = files.map((blob, index) => ({ ...rowOf(`k${index}`, null), blobs: [blob] }))
  await enqueue({ store, rows })
  expect(store.pages).toEqual([5, 3])
})
