import { expect, test } from 'vitest'
import type { RemoteId } from '../../src/model/ids.js'
import type { Submission } from '../../src/model/submission.js'
import { DAY_MS, HOUR_MS } from '../../src/model/time.js'
import { DEFAULT_ENGINE_SETTINGS as settings } from '../../src/policy/engine-settings.js'
import { overdueOf } from '../../src/policy/overdue.js'

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
