import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  AccountId,
  EngineEvent,
  JobId,
  NanoUsd,
  QueueName,
  RequestId,
  SubmissionId,
  SubmissionState,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { batchPhase, requestPhase } from '../../src/screen/batch-phase.js'
import { eventObject } from '../../src/screen/event-object.js'
import { NOW } from './facts.js'

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/states.md'), 'utf8')
const STATES: readonly SubmissionState[] = [
  ...(['filling', 'sealed', 'dissolved', 'sending', 'in_progress', 'canceling'] as const),
  ...(['ended', 'collected', 'ambiguous', 'lost', 'rejected'] as const),
]

describe('where a batch or a request is', () => {
  test.each(STATES)('docs/states.md says what programs are told of a batch that is %s', (state) => {
    const row = PAGE.split('\n').find(
      (line) => line.startsWith(`| \`${batchPhase(state)}\` |`) && line.includes(`\`${state}\``),
    )
    expect(row).toBeDefined()
  })

  test('is one word for a request, as the figures count it', () => {
    const phases = STATES.map((state) => [state, requestPhase({ state: 'assigned' }, { state })])
    expect(Object.fromEntries(phases)).toEqual({
      ...{ filling: 'waiting', sealed: 'waiting', dissolved: 'waiting' },
      ...{ sending: 'at_claude', in_progress: 'at_claude', canceling: 'at_claude' },
      ...{ ended: 'at_claude', collected: 'at_claude' },
      ...{ ambiguous: 'answer_lost', lost: 'waiting', rejected: 'waiting' },
    })
    expect(requestPhase({ state: 'done' }, null)).toBe('done')
    expect(requestPhase({ state: 'waiting' }, null)).toBe('waiting')
  })
})

const submissionId = 7 as SubmissionId
const account = 'default' as AccountId
const error = { status: 429, type: 'rate_limit_error', message: 'slower', requestId: null }
const EVENTS = [
  ...STATES.map((state) => ({
    ...{ type: 'submission_changed', submissionId, state, requestCount: 3 },
    ...{ remoteId: null, error: null },
  })),
  { type: 'settled', submissionId, fresh: 3, done: 3 },
  { type: 'released', submissionId, waiting: 3, done: 0, reasons: { expired: 3 }, notBefore: NOW },
  { type: 'paused', account, lane: null, reason: 'rate_limited', until: NOW, error },
  { type: 'resumed', account },
  { type: 'waiting_after_absence', account, batches: 1, until: NOW },
  {
    type: 'recovering',
    account,
    batches: 1,
    unfinished: 0,
    imported: 2,
    until: null,
    isOver: false,
  },
  {
    type: 'budget_reached',
    jobId: 1 as JobId,
    job: 'claims',
    capNano: 5 as NanoUsd,
    neededNano: null,
  },
  { type: 'alarm', code: 'orphan_found', message: 'look', submissionId: null, remoteId: null },
  {
    type: 'result_not_taken',
    queue: 'q' as QueueName,
    requestId: 1 as RequestId,
    tries: 1,
    message: 'no',
  },
  { type: 'step_failed', step: 'poll', message: 'no' },
].map((event) => ({ at: NOW, ...event }) as unknown as EngineEvent)

test('programs are told what happens in the words of the screens, instants and money as text', () => {
  const objects = EVENTS.map((event) => eventObject(event)).filter((object) => object !== null)
  expect(objects.length).toBeGreaterThan(14)
  const text = JSON.stringify(objects)
  expect(text).not.toMatch(/ambiguous|assigned|settle|seal|submission|collected|[a-z][A-Z]\w*":/)
  for (const object of objects) {
    expect(object).toMatchObject({ at: new Date(NOW).toISOString(), message: expect.any(String) })
  }
  expect(objects).toContainEqual({
    ...{ type: 'batch', at: new Date(NOW).toISOString(), batch_number: 7, batch_id: null },
    ...{ requests: 3, state: 'answer_lost' },
    message: 'a batch of 3 rows: answer to our send was lost; looking for it',
  })
})
