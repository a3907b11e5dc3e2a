import { laneKey, type Pause } from '@halfrate/core'
import { expect, test } from 'vitest'
import { handPauseText, pauseText } from '../../src/screen/pause-text.js'
import { minutes, NOW } from './facts.js'

const PAUSE: Pause = {
  lane: null,
  reason: 'billing',
  seenBy: 'send',
  since: NOW,
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
    'Claude takes no work because of billing (Your credit balance is too low.); tried again at 02:32',
  )
  expect(pauseText(PAUSE, NOW + minutes(16), 'UTC')).toMatch(/; tried again with the next batch$/)
})

test('a pause of one lane names what is refused', () => {
  const lane = laneKey({ betas: ['some-beta'] })
  expect(pauseText({ ...PAUSE, reason: 'account_refused', lane }, NOW, 'UTC')).toMatch(
    /^Claude does not allow it with some-beta \(/,
  )
})

test('a pause by hand says since when, why, and what ends it', () => {
  const pause = { since: NOW - minutes(5), note: 'new prompt' }
  expect(handPauseText(pause, null, NOW)).toBe(
    'paused by hand 5 min ago (new prompt); halfrate resume ends it',
  )
  expect(handPauseText({ ...pause, note: null }, 'run', NOW)).toBe(
    'queue run paused by hand 5 min ago; halfrate resume --queue run ends it',
  )
})
