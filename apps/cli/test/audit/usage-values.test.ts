import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  costOfValue,
  instantOf,
  UnreadableValue,
  wholeOf,
  yesOrNo,
} from '../../src/audit/usage-values.js'

describe('an instant', () => {
  const at = Date.UTC(2026, 10, 21, 14, 3, 7)

  test.each<[unknown]>([
    ['2026-11-21T14:03:07Z'],
    ['2026-11-21T14:03:07'],
    ['2026-11-21 14:03:07'],
    ['2026-11-21 14:03:07.000'],
    ['2026-11-21T15:03:07+01:00'],
    ['2026-11-21 15:03:07 +01:00'],
    [at],
    [at / 1_000],
    [String(at / 1_000)],
    [at * 1_000],
    [at * 1e6],
  ])('is %s', (value) => {
    expect(instantOf(value)).toBe(at)
  })

  test('of a day is its beginning in UTC', () => {
    expect(instantOf('2026-11-21')).toBe(Date.UTC(2026, 10, 21))
  })

  test.each<[unknown]>([
    ['soon'],
    [-1],
    [7],
    ['21.11.2026'],
    ['2026-13-01'],
    [true],
    [{}],
    [Infinity],
  ])('is not %s', (value) => {
    expect(instantOf(value)).toBeInstanceOf(UnreadableValue)
  })
})

describe('a cost', () => {
  test.each<[unknown, number]>([
    ['20', 20e9],
    ['$0.50', 0.5e9],
    [0.0123, 12_300_000],
    ['0.0000000005', 1],
    ['0.00000000049', 0],
    ['0.1234567894999', 123_456_789],
    [1e-7, 100],
    ['1.5e-6', 1_500],
    [123_456.789, 123_456_789_000_000],
  ])('of %s is %d nano-dollars', (value, nano) => {
    expect(costOfValue(value)).toBe(nano)
  })

  test('in cents is a hundredth', () => {
    expect(costOfValue('123.45', 10_000_000n)).toBe(1_234_500_000)
  })

  test.each<[unknown]>([
    ['-1'],
    [-0.5],
    ['1,5'],
    ['a'],
    [Number.NaN],
    [true],
    ['9999999999'],
    [[]],
  ])('is never %s', (value) => {
    expect(costOfValue(value)).toBeInstanceOf(UnreadableValue)
  })

  test('of a number is the one that its digits say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000 }), (micro) => {
        expect(costOfValue(micro / 1e6)).toBe(micro * 1_000)
      }),
    )
  })
})

test('a count is a whole number from 0', () => {
  expect([wholeOf(7), wholeOf('7'), wholeOf(' 7 '), wholeOf('7.00')]).toEqual([7, 7, 7, 7])
  for (const value of [-1, 1.5, '1.5', '1e3', 'x', 2 ** 53, '9007199254740992', true, []]) {
    expect(wholeOf(value)).toBeInstanceOf(UnreadableValue)
  }
})

test('a yes or no has many words', () => {
  expect(['true', 'YES', 1, true].map(yesOrNo)).toEqual([true, true, true, true])
  expect(['false', 'No', 0, false].map(yesOrNo)).toEqual([false, false, false, false])
  expect(yesOrNo('maybe')).toBeInstanceOf(UnreadableValue)
})
