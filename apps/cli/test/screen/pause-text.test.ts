import {
  type CallHealth,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  FREE_PACE,
  laneKey,
  type Pause,
  type PoisonIncident,
  RUN_QUEUE,
} from '@halfrate/core'
import { expect, test } from 'vitest'
import { handPauseText, pauseText, restText, slowText } from '../../src/screen/pause-text.js'
import { minutes, NOW } from './facts.js'

const PAUSE: Pause = {
  lane: null,
  reason: 'billing',
  seenBy: 'send',
  since: NOW,
  refusedAt: NOW,
  until: NOW + minutes(15),
  error: {
    status: 402,
    type: 'billing_error',
    code: null,
    message: 'Your credit balance is too low.',
    requestId: null,
    retryAfterMs: null,
  },
  refusals: 1,
  probe: null,
}

test('a pause says why, what Claude said, and when it is tried again', () => {
  expect(pauseText(PAUSE, NOW, 'UTC')).toBe(
    'Claude takes no work because of billing (Your credit balance is too low); tried again at 02:32',
  )
  expect(pauseText(PAUSE, NOW + minutes(16), 'UTC')).toMatch(/; tried again with the next batch$/)
})

test('a pause of one lane names what is refused', () => {
  const lane = laneKey({ betas: ['some-beta'] })
  expect(pauseText({ ...PAUSE, reason: 'account_refused', lane }, NOW, 'UTC')).toMatch(
    /^Claude does not allow it with some-beta \(/,
  )
})

test('a lane that rests says what was tried, and when the next batch goes', () => {
  const incident: PoisonIncident = {
    ...{ lane: laneKey({}), since: NOW, refusedAt: NOW, creates: 64, exhaustedAt: NOW },
    ...{ acceptedAt: null, canaryAt: null, maxBytes: null },
  }
  expect(restText(incident, NOW, 'UTC')).toBe(
    'Claude refuses batches for something in them; 64 tries did not find every such request, and the next is at 03:17',
  )
  const lane = laneKey({ betas: ['some-beta'] })
  expect(restText({ ...incident, lane }, NOW, 'UTC')).toMatch(/in them with some-beta; 64 tries/)
  expect(restText(incident, NOW + minutes(60), 'UTC')).toBeNull()
  expect(restText({ ...incident, creates: 63, exhaustedAt: null }, NOW, 'UTC')).toBeNull()
})

test('a pause by hand says since when, why, and what ends it', () => {
  const pause = { since: NOW - minutes(5), note: 'new prompt' }
  expect(handPauseText(pause, { type: 'account', account: DEFAULT_ACCOUNT }, NOW, '')).toBe(
    'paused by hand 5 min ago (new prompt); halfrate resume ends it',
  )
  const bare = { ...pause, note: null }
  const project = DEFAULT_PROJECT
  const queue = { type: 'queue', project, queue: RUN_QUEUE } as const
  expect(handPauseText(bare, queue, NOW, ' --store s.db')).toBe(
    'queue run paused by hand 5 min ago; halfrate resume --queue run --store s.db ends it',
  )
  expect(handPauseText(bare, { type: 'project', project }, NOW, '')).toBe(
    'project default paused by hand 5 min ago; halfrate resume --project default ends it',
  )
  expect(handPauseText(bare, { type: 'store' }, NOW, '')).toBe(
    'the whole store paused by hand 5 min ago; halfrate resume --all ends it',
  )
})

test('a slower pace says what is waited for, if it is long enough to be noticed', () => {
  const health: CallHealth = { breakers: {}, pace: FREE_PACE, retries: { tokens: 1, at: 0 } }
  const pace = { ...FREE_PACE, notBefore: NOW + minutes(5) }
  const text = (over: Partial<CallHealth>): string | null =>
    slowText({ ...health, ...over }, NOW, 'UTC')
  expect([slowText(null, NOW), text({})]).toEqual([null, null])
  expect(text({ pace })).toBe('Claude asked us to slow down; next batch at 02:22')
  expect(text({ pace: { ...pace, notBefore: NOW + 5_000 } })).toBeNull()
  expect(text({ pace: { ...pace, queueFull: { since: NOW, until: NOW + 1 } } })).toBe(
    'Claude has too many requests in line; the next batch goes when one of ours ends',
  )
  const create = { failuresInARow: 5, window: null, openUntil: NOW + minutes(1), opened: 1 }
  expect(text({ breakers: { create } })).toBe(
    'Claude did not answer several times; tried again at 02:18',
  )
})
