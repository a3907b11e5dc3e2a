import { expect, test } from 'vitest'
import { demoLimitMs } from '../src/project/demo-limit.js'

test('the demo may take 15 s where Node starts as it usually does, or faster', () => {
  expect(demoLimitMs([50, 48, 51])).toBe(15_000)
  expect(demoLimitMs([20, 20, 20])).toBe(15_000)
})

test('where everything takes longer so may the demo, and one slow start is not everything', () => {
  expect(demoLimitMs([150, 140, 160])).toBe(45_000)
  expect(demoLimitMs([50, 50, 4_000, 50, 50])).toBe(15_000)
})
