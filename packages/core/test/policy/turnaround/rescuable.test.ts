import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../../src/model/time.js'
import { callMsOf } from '../../../src/policy/routing/call-time.js'
import {
  isLikelyLate,
  rescuable,
  rescueAt,
  rescueNotBefore,
} from '../../../src/policy/turnaround/rescuable.js'

const NOW = 1_800_000_000_000
const SHORT = { maxTokens: 100 }
const LONG = { maxTokens: 10_000 }

test('a batch that is sent up to five minutes after it should have been is not late yet', () => {
  const facts = { deadlineAt: NOW, sendBy: NOW - 60 * MINUTE_MS }
  expect(isLikelyLate(facts, facts.sendBy + 5 * MINUTE_MS)).toBe(false)
  expect(isLikelyLate(facts, facts.sendBy + 5 * MINUTE_MS + 1)).toBe(true)
})

test('so many calls are in time as their rounds fit, those that go before included', () => {
  const requests = Array.from({ length: 50 }, () => SHORT)
  const inRounds = (rounds: number, before = 0): number => {
    const deadlineAt = NOW + rounds * callMsOf(SHORT.maxTokens)
    return rescuable(requests, { deadlineAt, callsAtOnce: 16, before }, NOW).length
  }
  expect([0.9, 1, 1.9, 2, 4].map((rounds) => inRounds(rounds))).toEqual([0, 16, 16, 32, 50])
  expect([0, 10, 16, 32].map((before) => inRounds(2, before))).toEqual([32, 22, 16, 0])
})

test('one whose answer may take too long is left out, and the others are not', () => {
  const deadlineAt = NOW + callMsOf(SHORT.maxTokens)
  const calls = { deadlineAt, callsAtOnce: 16, before: 0 }
  expect(rescuable([LONG, SHORT], calls, NOW)).toEqual([SHORT])
})

test('a round takes as long as its longest call', () => {
  const deadlineAt = NOW + callMsOf(LONG.maxTokens) + callMsOf(SHORT.maxTokens)
  const calls = { deadlineAt, callsAtOnce: 1, before: 0 }
  expect(rescuable([LONG, SHORT], calls, NOW)).toEqual([LONG])
})

test('a batch is rescued when its calls can just be over in time, five minutes early; one that is canceled first ten before that', () => {
  const of = { deadlineAt: NOW, callsAtOnce: 16, cancels: false }
  const short = callMsOf(SHORT.maxTokens)
  const long = callMsOf(LONG.maxTokens)
  const members = (count: number) => Array.from({ length: count }, () => SHORT)
  expect([1, 16, 17].map((count) => NOW - rescueAt(members(count), of))).toEqual([
    ...[5 * MINUTE_MS + short, 5 * MINUTE_MS + short, 5 * MINUTE_MS + 2 * short],
  ])
  expect(NOW - rescueAt([SHORT, LONG], of)).toBe(5 * MINUTE_MS + long)
  expect(NOW - rescueAt([SHORT], { ...of, cancels: true })).toBe(15 * MINUTE_MS + short)
})

test('no batch of so many is rescued earlier, however long its answers may become', () => {
  const of = { deadlineAt: NOW, callsAtOnce: 16, cancels: true }
  for (const count of [1, 16, 17, 200]) {
    const members = Array.from({ length: count }, () => ({ maxTokens: 128_000 }))
    expect(rescueNotBefore(count, of)).toBe(rescueAt(members, of))
  }
})
