import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareDifference } from '../../../src/policy/routing/share-difference.js'

// Newcombe 1998, table II, method 10, in four digits.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [10, 10, 0, 20, 0.6791, 1],
])('%d of %d against %d of %d', (count, of, others, ofOthers, low, high) => {
  const range = shareDifference({ count, of }, { count: others, of: ofOthers })
  expect(range.low).toBeCloseTo(low, 4)
  expect(range.high).toBeCloseTo(high, 4)
})

const share = fc
  .tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }))
  .map(([one, other]) => ({ count: Math.min(one, other), of: Math.max(one, other) }))

test('holds what was seen, lies within -1 and 1, and turned round is its own mirror', () => {
  fc.assert(
    fc.property(share, share, (one, other) => {
      const { low, high } = shareDifference(one, other)
      const mirror = shareDifference(other, one)
      expect(mirror.low).toBeCloseTo(-high, 12)
      expect(mirror.high).toBeCloseTo(-low, 12)
      const seen = (one.of && one.count / one.of) - (other.of && other.count / other.of)
      expect(low).toBeLessThanOrEqual(seen + 1e-12)
      expect(high).toBeGreaterThanOrEqual(seen - 1e-12)
      expect(Math.max(-low, high)).toBeLessThanOrEqual(1 + 1e-12)
    }),
  )
})
