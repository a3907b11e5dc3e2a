import { describe, expect, test } from 'vitest'
import { removedAtOnce } from '../src/removed-at-once.js'

const sizes = (rows: readonly number[]): readonly number[] =>
  removedAtOnce(rows.map((item_bytes) => ({ item_bytes }))).map(({ item_bytes }) => item_bytes)

describe('what one step removes', () => {
  test('is all of it while that is little', () => {
    expect(sizes([])).toEqual([])
    expect(sizes(Array.from({ length: 20_000 }, () => 3_000))).toHaveLength(20_000)
  })

  test('is at most 64 MB', () => {
    expect(sizes([30e6, 30e6, 4e6, 1])).toEqual([30e6, 30e6, 4e6])
  })

  test('is one request at least, however large', () => {
    expect(sizes([90e6, 1])).toEqual([90e6])
  })
})
