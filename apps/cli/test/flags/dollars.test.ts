import { expect, test } from 'vitest'
import { dollars } from '../../src/flags/parse-flag.js'

const read = dollars('--max-cost')

test.each([
  ['20', 20_000_000_000],
  ['$0.50', 500_000_000],
  ['1000000', 1_000_000_000_000_000],
  ['9007199.25', 9_007_199_250_000_000],
])('%s is an amount of dollars', (text, nano) => {
  expect(read(text)).toBe(nano)
})

test.each(['9007199.26', '9999999', '10000000', '123456789012'])('%s is too much', (text) => {
  expect(() => read(text)).toThrow(/^--max-cost: expected at most 9007199.25 dollars/)
})

test.each(['', '1,000', '1e9', '-3', 'ten'])('%s is none', (text) => {
  expect(() => read(text)).toThrow(/^--max-cost: expected an amount of dollars such as 20/)
})
