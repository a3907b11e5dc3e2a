import type { EngineEvent, ProviderError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { eventText } from '../../src/screen/event-text.js'
import { minutes, NOW, usd } from './facts.js'

const ERROR: ProviderError = {
  status: 429,
  type: 'rate_limit_error',
  code: null,
  message: 'Too many requests.',
  requestId: null,
  retryAfterMs: null,
}

const changed = (state: string, rest: object = {}): EngineEvent =>
  ({
    type: 'submission_changed',
    at: NOW,
    submissionId: 1,
    state,
    requestCount: 10,
    remoteId: 'msgbatch_1',
    error: null,
    ...rest,
  }) as EngineEvent

describe('what the engine did, in one line', () => {
  test('tells where a batch is, and nothing of what lasts a moment', () => {
    expect(eventText(changed('in_progress'))).toBe(
      'batch msgbatch_1 of 10 rows is at Claude, usually for 5–60 min',
    )
    expect(eventText(changed('ambiguous', { remoteId: null }))).toBe(
      'a batch of 10 rows: answer to our send was lost; looking for it',
    )
    expect(eventText(changed('rejected', { error: ERROR }))).toBe(
      'batch msgbatch_1 of 10 rows was refused: Too many requests.',
    )
    for (const state of ['filling', 'sealed', 'sending', 'dissolved']) {
      expect(eventText(changed(state))).toBeNull()
    }
  })

  test('tells which rows are tried again, when and why', () => {
    const released = {
      type: 'released',
      at: NOW,
      submissionId: 1,
      waiting: 3,
      done: 1,
      reasons: { overloaded_error: 2, expired: 1, api_error: 1 },
      notBefore: NOW + minutes(2),
    } as unknown as EngineEvent
    expect(eventText(released, 'UTC')).toBe(
      '3 rows tried again from 02:19: 2 overloaded, 1 expired, 1 API error',
    )
    expect(eventText({ ...released, waiting: 0 } as EngineEvent, 'UTC')).toBeNull()
  })

  test('tells when sending pauses and when it goes on', () => {
    const paused = {
      type: 'paused',
      at: NOW,
      account: 'default',
      lane: null,
      reason: 'billing',
      until: NOW + minutes(15),
      error: ERROR,
    } as unknown as EngineEvent
    expect(eventText(paused, 'UTC')).toBe('nothing is sent before 02:32: Too many requests.')
    expect(eventText({ type: 'resumed', at: NOW, account: 'default' } as EngineEvent)).toBe(
      'Claude takes batches again',
    )
  })

  test('tells what sending waits for after an absence, and until when at most', () => {
    const waiting = {
      type: 'waiting_after_absence',
      at: NOW,
      account: 'default',
      batches: 2,
      until: NOW + minutes(90),
    } as unknown as EngineEvent
    expect(eventText(waiting, 'UTC')).toBe(
      'nothing is sent: nobody worked for a while; 2 batches made meanwhile must end and be read first, at most until 03:47',
    )
    expect(eventText({ ...waiting, batches: 0 } as EngineEvent, 'UTC')).toBe(
      'nothing is sent: nobody worked for a while; Claude’s list is looked at again before anything is sent, at most until 03:47',
    )
  })

  test('tells which result a handler did not take, and why', () => {
    const event = { type: 'result_not_taken', at: NOW, queue: 'nightly', requestId: 7, tries: 2 }
    expect(eventText({ ...event, message: 'Error: no disk' } as EngineEvent)).toBe(
      'the result of request 7 was not taken by its handler, try 2: Error: no disk',
    )
  })

  test('tells that a job stands still at its cap, and what its next row needs', () => {
    const event = { type: 'budget_reached', at: NOW, job: 'claims', capNano: usd(20) }
    expect(eventText({ ...event, neededNano: usd(20.251) } as EngineEvent)).toBe(
      'job claims stands still: the next row needs a cap of $20.26, and it is $20.00',
    )
  })

  test('tells what is called since a batch would be late, and what that costs more at most', () => {
    const event = {
      type: 'rescued',
      how: 'reroute',
      at: NOW,
      queue: 'claims',
      count: 2,
      extraNano: usd(1.5),
    }
    const rescued = { ...event, deadlineAt: NOW + minutes(20) } as unknown as EngineEvent
    expect(eventText(rescued, 'UTC')).toBe(
      '2 rows of queue claims go in real time, for at most $1.50 more: a batch would likely be back after 02:37',
    )
    expect(eventText({ ...rescued, extraNano: null } as EngineEvent, 'UTC')).toContain(
      'at an unknown price',
    )
    expect(eventText({ ...rescued, how: 'hedge' } as EngineEvent, 'UTC')).toBe(
      '2 rows of queue claims go in real time too, for at most $1.50 more: their batch is not back, and they are wanted by 02:37',
    )
    expect(eventText({ ...rescued, how: 'cancel_batch_first' } as EngineEvent, 'UTC')).toBe(
      'a batch with 2 rows of queue claims is canceled: it is not back, and they are wanted by 02:37; what comes back unanswered goes in real time',
    )
  })

  test('tells a step that failed in plain words', () => {
    const failed: EngineEvent = {
      type: 'step_failed',
      at: NOW,
      step: 'start_up',
      message: 'no route',
    }
    expect(eventText(failed)).toBe('start up did not work just now, trying again: no route')
  })
})
