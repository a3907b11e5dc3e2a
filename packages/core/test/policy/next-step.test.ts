import { expect, test } from 'vitest'
import { laneKey } from '../../src/model/lane.js'
import type { SubmissionState } from '../../src/model/submission.js'
import { nextStep } from '../../src/policy/next-step.js'

const lane = laneKey({})

const STEPS: Readonly<Record<SubmissionState, string>> = {
  filling: 'nothing',
  sealed: 'send',
  dissolved: 'nothing',
  sending: 'suspect',
  ambiguous: 'scan',
  rejected: 'release',
  lost: 'release',
  in_progress: 'poll',
  canceling: 'poll',
  ended: 'collect',
  collected: 'nothing',
}

test.each(Object.entries(STEPS))('a submission that is %s needs: %s', (state, step) => {
  expect(nextStep({ state: state as SubmissionState, reclaimPending: false, lane })).toBe(step)
})

test('members are taken back before anything else', () => {
  expect(nextStep({ state: 'ended', reclaimPending: true, lane })).toBe('reclaim')
})

test('a call in real time whose answer is lost is not looked for', () => {
  const call = { state: 'ambiguous', reclaimPending: false, lane: laneKey({ route: 'realtime' }) }
  expect(nextStep(call as Parameters<typeof nextStep>[0])).toBe('give_up')
})
