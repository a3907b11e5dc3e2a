import { expect, test } from 'vitest'
import { redeliverAfterMs } from '../../src/policy/delivering.js'

test.each([
  [0, 500, 1_000],
  [1, 1_000, 2_000],
  [2, 2_000, 4_000],
  [8, 128_000, 256_000],
  [9, 150_000, 300_000],
  [10_000, 150_000, 300_000],
])('after %i tries a result rests for %i to %i milliseconds', (tries, least, most) => {
  expect(redeliverAfterMs({ tries, jitter: 0 })).toBe(least)
  const late = redeliverAfterMs({ tries, jitter: 0.999 })
  expect(late).toBeGreaterThan(least)
  expect(late).toBeLessThan(most)
})
