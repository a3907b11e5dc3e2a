import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.js'
import { DEFAULT_QUEUE_POLICY } from '../../src/model/queue-policy.js'
import { checkFlush } from '../../src/policy/check-flush.js'

const nightly = { schedule: '0 2 * * *', timeZone: 'Australia/Sydney' }

describe('a flush rule', () => {
  test.each([
    ['of sizes and age', DEFAULT_QUEUE_POLICY.flush],
    ['of a schedule', nightly],
    ['of a schedule that sends full batches early', { ...nightly, count: 100_000 }],
  ])('%s passes', (_, flush) => {
    expect(() => checkFlush(flush)).not.toThrow()
  })

  test.each([
    [{ count: 1, bytes: 1 }, 'flush.ageMs: expected a whole number of at least 0, got none.'],
    [
      { count: 0, bytes: 1, ageMs: 0 },
      'flush.count: expected a whole number from 1 to 100000, got 0.',
    ],
    [
      { ...nightly, bytes: 1.5 },
      'flush.bytes: expected a whole number from 1 to 255000000, got 1.5.',
    ],
    [
      { schedule: '0 2 * * *' },
      'flush.timeZone: expected a time zone such as "Europe/Berlin" beside the schedule, got none.',
    ],
    [
      { timeZone: 'UTC', count: 1, bytes: 1, ageMs: 1 },
      'flush.schedule: expected five fields of cron',
    ],
    [{ ...nightly, cron: '* * * * *' }, 'flush.cron: expected no such member'],
  ])('%j is refused', (flush, message) => {
    expect(() => checkFlush(flush)).toThrow(message)
    expect(() => checkFlush(flush)).toThrow(ConfigError)
  })
})
