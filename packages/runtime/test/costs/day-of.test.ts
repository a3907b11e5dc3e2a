import { expect, test } from 'vitest'
import { beginningOfDay, dayOf } from '../../src/index.js'

test('a day is that of the clocks of its zone, and begins where they say so', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
    'Asia/Kathmandu',
  ]
  for (const zone of zones) {
    const dayOfAt = dayOf(zone)
    for (const day of ['2026-01-01', '2026-03-29', '2026-10-25', '2028-02-29']) {
      const at = beginningOfDay(day, dayOfAt)
      expect([zone, dayOfAt(at), dayOfAt(at - 1) < day]).toEqual([zone, day, true])
    }
  }
  const berlin = dayOf('Europe/Berlin')
  expect(beginningOfDay('2026-07-01', berlin)).toBe(Date.parse('2026-06-30T22:00:00Z'))
  expect(beginningOfDay('2026-11-22', dayOf('UTC'))).toBe(Date.parse('2026-11-22T00:00:00Z'))
})
