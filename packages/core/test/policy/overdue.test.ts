import { expect, test } from 'vitest'
import type { RemoteId } from '../../src/model/ids.js'
import type { Submission } from '../../src/model/submission.js'
import { DAY_MS, HOUR_MS } from '../../src/model/time.js'
import { DEFAULT_ENGINE_SETTINGS as settings } from '../../src/policy/engine-settings.js'
import { isUncollectedForLong, overdueOf, untoldWaits } from '../../src/policy/overdue.js'

const sent = {
  state: 'ambiguous',
  sendStartedAt: 0,
  remoteCreatedAt: null,
  remoteId: null,
  requestCount: 3,
}
const made = { ...sent, state: 'ended', remoteCreatedAt: 0, remoteId: 'msgbatch_1' as RemoteId }

test('an answer that was lost is overdue after 26 hours', () => {
  expect(overdueOf(sent as Submission, settings, 26 * HOUR_MS - 1)).toBeNull()
  expect(overdueOf(sent as Submission, settings, 26 * HOUR_MS)?.code).toBe('answer_lost_for_long')
})

test('a send that is under way is not', () => {
  expect(overdueOf({ ...sent, state: 'sending' } as Submission, settings, 2 * DAY_MS)).toBeNull()
})

test('results that are not collected are overdue four days before the provider drops them', () => {
  expect(overdueOf(made as Submission, settings, 25 * DAY_MS - 1)).toBeNull()
  expect(overdueOf(made as Submission, settings, 25 * DAY_MS)).toMatchObject({
    code: 'results_expiring',
    message: expect.stringContaining('msgbatch_1'),
  })
})

test('results that wait are told of at 7 and 20 days, once each, and after that as overdue', () => {
  const waiting = [{ ...made, id: 1 } as Submission]
  let told: Parameters<typeof untoldWaits>[1] = null
  const days: number[] = []
  for (let hours = 0; hours <= 29 * 24; hours += 1) {
    const { untold, after } = untoldWaits(waiting, told, settings, hours * HOUR_MS)
    if (untold.length > 0) days.push(hours / 24)
    told = after
  }
  expect(days).toEqual([7, 20])
  expect(untoldWaits(waiting, null, settings, 26 * DAY_MS).untold).toEqual([])
  // One that was collected meanwhile is forgotten.
  expect(untoldWaits([], told, settings, 21 * DAY_MS).after).toEqual({ told: [] })
  expect(isUncollectedForLong(sent as Submission, 9 * DAY_MS)).toBe(false)
  expect(isUncollectedForLong(waiting[0] as Submission, 7 * DAY_MS)).toBe(true)
})
