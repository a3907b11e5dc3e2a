import { expect, test } from 'vitest'
import {
  laneKey,
  type ProjectId,
  type QueueName,
  type SubmissionState,
} from '../../../src/index.js'
import { lineOf } from '../../../src/policy/line/line-of.js'

const SEALED_AT = 1_000_000
const MINUTE_MS = 60_000

function submission(state: SubmissionState, lane = laneKey({})) {
  const [project, queue] = ['p' as ProjectId, 'q' as QueueName]
  return { project, queue, lane, requestCount: 5, state, sealedAt: SEALED_AT }
}

function countAt(now: number, ...args: Parameters<typeof submission>): number {
  return lineOf([submission(...args)], now).reduce((sum, { count }) => sum + count, 0)
}

test.each(['sending', 'ambiguous', 'in_progress', 'canceling'] as const)(
  'what is %s is in line, however long',
  (state) => {
    expect(countAt(SEALED_AT + 1_440 * MINUTE_MS, state)).toBe(5)
  },
)

test('what is sealed is in line for ten minutes, since longer than that something holds it back', () => {
  expect(countAt(SEALED_AT + 10 * MINUTE_MS - 1, 'sealed')).toBe(5)
  expect(countAt(SEALED_AT + 10 * MINUTE_MS, 'sealed')).toBe(0)
})

test('a call in real time is in no line', () => {
  expect(countAt(SEALED_AT, 'in_progress', laneKey({ route: 'realtime' }))).toBe(0)
})
