import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, test } from 'vitest'
import { costOfNight, openMorningClaims, takeInByDay } from './by-six.js'

const CLAIMS = ['a', 'b', 'c'].map((id) => ({ id, text: `Claim ${id}.` }))
const HOUR_MS = 3_600_000
// Half past midnight in Sydney, where two o'clock is 15:00 UTC, and six o'clock 19:00.
const START = Date.parse('2026-11-21T13:30:00Z')

test('claims go at two, and those that are not back shortly before six are called, at a price that is told', async () => {
  const turnaroundMs = [6 * HOUR_MS, 6 * HOUR_MS] as const
  await using claude = await startEmulator({ seed: 7, clock: { start: START }, turnaroundMs })
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const queue = await openMorningClaims(half)
  const answered = new Map<string, string>()
  queue.onResult(async ({ key }) => {
    answered.set(key, new Date(half.clock.now()).toISOString())
  })
  const enqueued = await takeInByDay(queue, CLAIMS)
  expect(enqueued.map(({ isInTime }) => isInTime)).toEqual([true, true, true])
  await half.start()
  await claude.clock.advance('5h')
  expect(claude.ledger.posts().map(({ count }) => count)).toEqual([3])
  expect(answered.size).toBe(0)
  await claude.clock.advance('30m')
  expect([...answered.keys()].sort()).toEqual(['a', 'b', 'c'])
  expect([...answered.values()].every((at) => at < '2026-11-21T19:00:00')).toBe(true)
  await claude.clock.advance('4h')
  await half.stop()
  // The batch came at seven, and was paid as well: three answers at the whole price, and the same three at half of it.
  const { paid, paidTwiceUsd, savedUsd } = await costOfNight(half)
  const [hedges, batches] = paid.map(({ paidUsd }) => Number(paidUsd))
  expect(paid.map(({ route }) => route)).toEqual(['hedge', 'batch'])
  expect(hedges).toBeCloseTo(2 * (batches ?? 0), 6)
  expect(Number(paidTwiceUsd)).toBeCloseTo(batches ?? 0, 6)
  expect(Number(savedUsd)).toBeCloseTo(-(batches ?? 0), 6)
})
