import type { RequestId } from '@halfrate/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FoundResult, ResultIndex } from '../../src/salvage/result-index.js'

const results = fc.array(
  fc.record({
    requestId: fc.integer({ min: 1, max: 40 }),
    rank: fc.integer({ min: 0, max: 6 }),
    batch: fc.integer({ min: 0, max: 5 }),
    key: fc.option(fc.constantFrom('a', 'b', 'c')),
  }),
  { maxLength: 60 },
)

function indexOf(given: readonly Omit<FoundResult, 'offset' | 'length'>[]): ResultIndex {
  const index = new ResultIndex()
  for (const [at, result] of given.entries()) index.add({ ...result, offset: at, length: 1 })
  return index
}

test('every result is in one group, with those of its key, or else of its request', () => {
  fc.assert(
    fc.property(results, (given) => {
      const groups = [...indexOf(given as never).groups()]
      expect(groups.flat()).toHaveLength(given.length)
      const names = groups.map((group) => {
        const all = group.map(({ key, requestId }) => key ?? requestId)
        expect(new Set(all).size).toBe(1)
        return all[0]
      })
      expect(new Set(names).size).toBe(groups.length)
    }),
  )
})

test('groups stand in the order of their first requests, and in each the best is first', () => {
  fc.assert(
    fc.property(results, (given) => {
      const groups = [...indexOf(given as never).groups()]
      const firsts = groups.map((group) => Math.min(...group.map(({ requestId }) => requestId)))
      expect(firsts).toEqual([...firsts].sort((a, b) => a - b))
      for (const group of groups) {
        const ranks = group.map(({ rank }) => rank)
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
      }
    }),
  )
})

test('among equals the newest request is first, and of one request the oldest batch', () => {
  const of = (requestId: number, batch: number): Omit<FoundResult, 'offset' | 'length'> => ({
    requestId: requestId as RequestId,
    batch,
    rank: 0,
    key: 'a',
  })
  const groups = [...indexOf([of(1, 0), of(7, 2), of(7, 1)]).groups()]
  expect(groups.flat().map(({ requestId, batch }) => [requestId, batch])).toEqual([
    [7, 1],
    [7, 2],
    [1, 0],
  ])
})

test('thousands find room, and their places come back as they were', () => {
  const index = new ResultIndex()
  const count = 5_000
  for (let at = count; at > 0; at -= 1) {
    const requestId = (2 ** 52 + at) as RequestId
    index.add({ requestId, rank: 0, batch: 3, key: null, offset: 2 ** 40 + at, length: at })
  }
  const found = [...index.groups()].flat()
  expect(found).toHaveLength(count)
  expect(found[0]).toEqual({
    ...{ requestId: 2 ** 52 + 1, rank: 0, batch: 3, key: null },
    ...{ offset: 2 ** 40 + 1, length: 1 },
  })
})
