import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../../src/model/time.js'
import { FULL_BUDGET, takeRetry, withEarned } from '../../../src/policy/retry/retry-budget.js'

const NOW = 5_000_000

test('ten repeats are free, and then one a minute', () => {
  let budget = FULL_BUDGET
  for (let count = 0; count < 10; count += 1) {
    const taken = takeRetry(budget, NOW)
    if (taken.type === 'taken') budget = taken.retries
  }
  expect(takeRetry(budget, NOW)).toEqual({ type: 'wait', until: NOW + MINUTE_MS })
  expect(takeRetry(budget, NOW + MINUTE_MS).type).toBe('taken')
})

test('a full budget earns nothing, so that nothing is written while all goes well', () => {
  expect(withEarned(FULL_BUDGET, NOW)).toBeNull()
  expect(withEarned({ tokens: 0, at: NOW }, NOW)).toEqual({ tokens: 0.1, at: NOW })
})

test('repeats are never more than ten, a tenth of what went well, and one a minute', () => {
  const call = fc.record({ isRetry: fc.boolean(), ms: fc.nat(30_000) })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 300 }), (calls) => {
      let budget = FULL_BUDGET
      let now = NOW
      let taken = 0
      let earned = 0
      for (const { isRetry, ms } of calls) {
        now += ms
        if (isRetry) {
          const answer = takeRetry(budget, now)
          if (answer.type === 'wait') expect(answer.until).toBeLessThanOrEqual(now + MINUTE_MS)
          else {
            budget = answer.retries
            taken += 1
          }
        } else {
          earned += 1
          budget = withEarned(budget, now) ?? budget
        }
      }
      expect(taken).toBeLessThanOrEqual(10 + earned / 10 + (now - NOW) / MINUTE_MS + 1e-6)
    }),
  )
})
