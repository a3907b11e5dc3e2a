import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NanoUsd } from '../../../src/model/money.js'
import { parseUsd, usdShort, usdText } from '../../../src/policy/money/usd-text.js'

const nano = (value: number): NanoUsd => value as NanoUsd
const anyMoney = fc.maxSafeInteger().map(nano)

describe('money as exact text', () => {
  test.each([
    [0, '0.00'],
    [1, '0.000000001'],
    [123_000, '0.000123'],
    [500_000_000, '0.50'],
    [1_000_000_000, '1.00'],
    [1_580_000_000, '1.58'],
    [-250_000_000, '-0.25'],
    [9_007_199_254_740_991, '9007199.254740991'],
  ])('of %i is %s', (value, text) => {
    expect(usdText(nano(value))).toBe(text)
  })

  test('reads back as the same money, with at least two decimals and no idle zeros', () => {
    fc.assert(
      fc.property(anyMoney, (value) => {
        const text = usdText(value)
        expect(parseUsd(text)).toBe(value)
        expect(text).toMatch(/^-?\d+\.(?:\d\d|\d{2,8}[1-9])$/)
      }),
    )
  })
})

describe('money on screens', () => {
  test.each([
    [0, '$0'],
    [1, '$0.000000001'],
    [12, '$0.000000012'],
    [4_200_000, '$0.0042'],
    [4_249_999, '$0.0042'],
    [4_250_000, '$0.0043'],
    [9_949_999, '$0.0099'],
    [9_950_000, '$0.01'],
    [10_000_000, '$0.01'],
    [14_999_999, '$0.015'],
    [15_499_999, '$0.015'],
    [99_499_999, '$0.099'],
    [99_500_000, '$0.10'],
    [104_999_999, '$0.10'],
    [1_580_000_000, '$1.58'],
    [1_234_567_890_000, '$1,234.57'],
    [-4_200_000, '-$0.0042'],
    [-1_585_000_000, '-$1.59'],
  ])('of %i is %s', (value, text) => {
    expect(usdShort(nano(value))).toBe(text)
  })

  test('is nothing only for nothing, and never off by more than a twentieth, nor than half a cent', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyMoney, fc.integer({ min: -20_000_000, max: 20_000_000 }).map(nano)),
        (value) => {
          const shown = parseUsd(usdShort(value).replaceAll(',', '')) ?? Number.NaN
          expect(shown === 0).toBe(value === 0)
          const bound = Math.max(5_000_000, 0)
          const isSmall = Math.abs(value) < 10_000_000
          const most = isSmall ? Math.abs(value) / 20 : bound
          expect(Math.abs(shown - value)).toBeLessThanOrEqual(most)
        },
      ),
    )
  })
})

test('sums that a number can’t hold are written too', () => {
  expect(usdText(9_007_199_254_740_993_000_000_001n)).toBe('9007199254740993.000000001')
  expect(usdShort(-9_007_199_254_740_993_123_456_789n)).toBe('-$9,007,199,254,740,993.12')
  expect(usdShort(-4_249_999n)).toBe('-$0.0042')
})

describe('reading money', () => {
  test.each([
    ['20', 20_000_000_000],
    ['$20', 20_000_000_000],
    [' 0.000123 ', 123_000],
    ['-$1.5', -1_500_000_000],
    ['-0', 0],
    ['9007199.254740991', Number.MAX_SAFE_INTEGER],
  ])('takes %s', (text, value) => {
    expect(parseUsd(text)).toBe(value)
  })

  test.each([
    '',
    '$',
    'free',
    '1e3',
    '1,000',
    '.5',
    '5.',
    '0.0000000001',
    '9007199.254740992',
    '99999999',
    '€5',
    '--1',
  ])('refuses "%s"', (text) => {
    expect(parseUsd(text)).toBeNull()
  })
})
