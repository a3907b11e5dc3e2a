import { expect, test } from 'vitest'
import { SeededRandom } from '../src/index.js'

function numbers(random: SeededRandom, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.next())
}

test('the same seed gives the same numbers, another seed gives others', () => {
  const first = numbers(new SeededRandom(7), 20)
  expect(numbers(new SeededRandom(7), 20)).toEqual(first)
  expect(numbers(new SeededRandom(8), 20)).not.toEqual(first)
})

test('numbers are from 0 to below 1 and spread out evenly', () => {
  const drawn = numbers(SeededRandom.inTest(1), 10_000)
  expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true)
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const inside = drawn.filter((value) => Math.floor(value * 10) === tenth).length
    expect(Math.abs(inside - 1_000)).toBeLessThan(150)
  }
})

test('bytes and whole numbers keep to their ranges', () => {
  const random = SeededRandom.inTest(2)
  const bytes = random.bytes(4_096)
  expect(bytes).toHaveLength(4_096)
  expect(new Set(bytes).size).toBe(256)
  const drawn = Array.from({ length: 200 }, () => random.below(3))
  expect(new Set(drawn)).toEqual(new Set([0, 1, 2]))
})
