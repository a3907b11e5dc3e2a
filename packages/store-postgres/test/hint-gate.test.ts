import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HintGate } from '../src/listening/hint-gate.js'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function countingGate(): { readonly gate: HintGate; readonly count: () => number } {
  let count = 0
  const gate = new HintGate({ gapMs: 500, onHint: () => (count += 1) })
  return { gate, count: () => count }
}

test('the first hint gets through at once', () => {
  const { gate, count } = countingGate()
  gate.hint()
  expect(count()).toBe(1)
})

test('a flood of hints gets through once in a gap, and its last one too', () => {
  const { gate, count } = countingGate()
  for (let ms = 0; ms < 2_000; ms += 1) {
    gate.hint()
    vi.advanceTimersByTime(1)
  }
  expect(count()).toBe(5)
  vi.advanceTimersByTime(60_000)
  expect(count()).toBe(5)
  gate.hint()
  expect(count()).toBe(6)
})

test('a hint that still waits when the gate is closed is forgotten', () => {
  const { gate, count } = countingGate()
  gate.hint()
  gate.hint()
  gate.close()
  vi.advanceTimersByTime(60_000)
  expect(count()).toBe(1)
})
