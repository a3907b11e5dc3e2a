import { expect, test } from 'vitest'
import { requestLine, resultLine, shuffled, textOf } from '../src/payload.js'

test.each([400, 1_000, 2_000])(
  'a request line has about the %i bytes that were asked for',
  (bytes) => {
    const line = requestLine(7, bytes)
    expect(Math.abs(line.length - bytes)).toBeLessThan(bytes / 10 + 20)
    expect(JSON.parse(line)).toMatchObject({ custom_id: 'row-7' })
  },
)

test('a results line has about the bytes of the design page', () => {
  expect(Math.abs(resultLine('row-1', 1, 1_270).length - 1_270)).toBeLessThan(130)
})

test('the same seed gives the same text, and another seed another', () => {
  expect(textOf('a', 200)).toBe(textOf('a', 200))
  expect(textOf('a', 200)).not.toBe(textOf('b', 200))
})

test('shuffling loses nothing and leaves little in its place', () => {
  const items = Array.from({ length: 1_000 }, (_, index) => index)
  const mixed = shuffled(items)
  expect([...mixed].sort((a, b) => a - b)).toEqual(items)
  expect(mixed.filter((item, index) => item === index).length).toBeLessThan(20)
})
