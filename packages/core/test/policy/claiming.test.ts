import fc from 'fast-check'
import { expect, test } from 'vitest'
import { claimLimit } from '../../src/policy/claiming.js'

const nothing = { free: 4, alone: 0, together: 0, claimed: 0 }

test('a worker asks for as many steps as it can begin', () => {
  expect(claimLimit(nothing)).toBe(4)
  expect(claimLimit({ ...nothing, alone: 3, claimed: 3 })).toBe(1)
  expect(claimLimit({ ...nothing, alone: 4, claimed: 4 })).toBe(0)
})

test('what is done together takes no hands, so it asks for more, twice as many each time', () => {
  const asked: number[] = []
  for (let together = 0; ; ) {
    const limit = claimLimit({ ...nothing, free: 1, together, claimed: together })
    if (limit === 0) break
    asked.push(limit)
    together += limit
  }
  expect(asked).toEqual([1, 1, 2, 4, 8, 16, 32, 36])
})

test('a round takes at most a hundred, and what is asked for is never negative', () => {
  fc.assert(
    fc.property(fc.nat(64), fc.nat(200), fc.nat(200), (free, alone, together) => {
      const claimed = alone + together
      const limit = claimLimit({ free, alone, together, claimed })
      expect(limit).toBeGreaterThanOrEqual(0)
      expect(limit === 0 || claimed + limit <= 100).toBe(true)
    }),
  )
})
