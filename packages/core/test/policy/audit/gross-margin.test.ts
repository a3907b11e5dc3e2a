import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grossMarginOf } from '../../../src/policy/audit/gross-margin.js'

test('a margin is in hundredths of a per cent, rounded half away from zero', () => {
  const before = (revenueNano: bigint, cogsNano: bigint): number | undefined =>
    grossMarginOf({ revenueNano, cogsNano, savedNano: 0n })?.before
  expect(before(3n, 1n)).toBe(6_667)
  expect(before(3n, 2n)).toBe(3_333)
  expect(before(20_000n, 19_999n)).toBe(1)
  expect(before(20_000n, 20_001n)).toBe(-1)
  expect(before(1n, 2n)).toBe(-10_000)
})

test('there is none without revenue', () => {
  expect(grossMarginOf({ revenueNano: 0n, cogsNano: 1n, savedNano: 0n })).toBeNull()
})

test('what is saved never lowers it', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 15n })
  fc.assert(
    fc.property(amount, amount, amount, (revenue, cogsNano, savedNano) => {
      const margin = grossMarginOf({ revenueNano: revenue + 1n, cogsNano, savedNano })
      expect(margin?.after).toBeGreaterThanOrEqual(margin?.before ?? Number.NaN)
    }),
  )
})
