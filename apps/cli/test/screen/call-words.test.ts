import {
  laneKey,
  MINUTE_MS,
  type Submission,
  type SubmissionId,
  type SubmissionState,
} from '@halfrate/core'
import { expect, test } from 'vitest'
import { batchWords } from '../../src/screen/batch-words.js'
import { NOW, submission } from './facts.js'

function wordsOf(state: SubmissionState, over: Partial<Submission> = {}) {
  const call = submission({ state, lane: laneKey({ route: 'realtime' }), requestCount: 1, ...over })
  return batchWords(
    {
      ...{ number: 1, submission: call, resendNotBeforeAt: null, storeFlag: ' --store a.db' },
      ...{ unanswered: {}, retried: 0 },
    },
    NOW,
  )
}

test.each([
  ['sealed', 'waiting to be asked'],
  ['dissolved', 'not asked'],
  ['sending', 'being asked in real time'],
  ['ended', 'asked in real time'],
  ['collected', 'asked in real time'],
  ['ambiguous', 'the answer of a call was lost'],
  ['lost', 'no answer came in time'],
  ['rejected', 'the call was refused'],
] as const)('a call that is %s is told of without a batch', (state, said) => {
  const words = wordsOf(state)
  expect(words.state).toBe(said)
  expect([words.state, ...words.hints].join(' ')).not.toContain('batch')
})

test('a lost answer says when its call is over, or which command decides', () => {
  const over = wordsOf('ambiguous', { sendNotAfterAt: NOW + MINUTE_MS })
  expect(over.hints).toEqual([expect.stringMatching(/^\(over at /)])
  const search = { ...submission({}).search, askingSince: NOW }
  expect(wordsOf('ambiguous', { id: 7 as SubmissionId, search }).hints).toEqual([
    '(halfrate decide 7 resend --store a.db, or fail)',
  ])
})
