import {
  type Attempt,
  type AttemptLife,
  laneKey,
  type Request,
  type Submission,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { type LifeFacts, requestLifeScreen } from '../../src/screen/request-life-screen.js'
import { minutes, NOW, submission, textOf, timeZone, usd } from './facts.js'

const REQUEST = {
  id: 1,
  project: 'default',
  account: 'default',
  queue: 'run',
  jobId: 7,
  row: 118,
  key: 'claim-8812',
  lane: laneKey({}),
  model: 'claude-haiku-4-5',
  maxTokens: 300,
  itemBytes: 2_000,
  bodyId: 1,
  labels: null,
  state: 'waiting',
  verdict: null,
  result: null,
  notBefore: 0,
  deadlineAt: null,
  createdAt: NOW - minutes(60),
  doneAt: null,
  cancelRequestedAt: null,
  attemptCount: 0,
  failureCount: 0,
  expiryCount: 0,
  batchLimit: null,
  supersededBy: null,
} as unknown as Request

function attempt(changes: Partial<Attempt>, batch: Partial<Submission>): AttemptLife {
  return {
    attempt: {
      submissionId: 1,
      ordinal: 0,
      requestId: 1,
      project: 'default',
      number: 1,
      bodyId: 1,
      itemBytes: 2_000,
      holdNano: null,
      outcome: null,
      usability: null,
      errorType: null,
      usage: null,
      costNano: null,
      realtimeNano: null,
      resultId: null,
      settledAt: null,
      releasedAt: null,
      withdrawn: false,
      possiblyPaid: false,
      waste: false,
      ...changes,
    } as Attempt,
    submission: submission({ ...batch, sendNotAfterAt: null }),
  }
}

const FAILED_FIRST = attempt(
  {
    outcome: 'errored',
    errorType: 'overloaded_error',
    settledAt: NOW - minutes(40),
    releasedAt: NOW - minutes(40),
  },
  {
    state: 'collected',
    requestCount: 2_000,
    openedAt: NOW - minutes(59),
    sendStartedAt: NOW - minutes(58),
    remoteId: 'msgbatch_01A' as Submission['remoteId'],
    remoteCreatedAt: NOW - minutes(58),
    remoteEndedAt: NOW - minutes(41),
  },
)

const ANSWERED = attempt(
  {
    number: 2,
    outcome: 'succeeded',
    usability: 'cut_off',
    costNano: usd(0.0012),
    realtimeNano: usd(0.0024),
    settledAt: NOW - minutes(5),
  },
  {
    state: 'collected',
    requestCount: 3,
    openedAt: NOW - minutes(39),
    sendStartedAt: NOW - minutes(38),
    remoteId: 'msgbatch_01B' as Submission['remoteId'],
    remoteCreatedAt: NOW - minutes(38),
    remoteEndedAt: NOW - minutes(6),
  },
)

const lifeOf = (request: Partial<Request>, attempts: readonly AttemptLife[]): LifeFacts => ({
  life: { request: { ...REQUEST, ...request }, attempts, changedBodies: [], replaced: [] },
  older: [],
  primer: null,
  where: { text: 'job claims', flag: ' --job claims' },
  storeFlag: '',
  now: NOW,
  heldBack: null,
  budget: null,
  resendNotBeforeAt: () => null,
})

const shown = (facts: LifeFacts, width = 100): string =>
  textOf(requestLifeScreen(facts, { width, timeZone }))

describe('the life of a request', () => {
  test('of one that failed after a retry ends with what could help', () => {
    const facts = lifeOf(
      {
        state: 'done',
        verdict: { status: 'failed', reason: 'cut_off', detail: 'max_tokens' },
        doneAt: NOW - minutes(5),
        attemptCount: 2,
      },
      [FAILED_FIRST, ANSWERED],
    )
    expect(shown(facts)).toMatchInlineSnapshot(`
      " claim-8812    failed: cut off    claude-haiku-4-5
       2026-11-21 01:16:30  taken into job claims as row 118, to go by batch
       2026-11-21 01:17:30  attempt 1: put into a batch with 1,999 other rows
       2026-11-21 01:18:30  attempt 1: the batch was sent
       2026-11-21 01:18:30  attempt 1: Claude has it as msgbatch_01A
       2026-11-21 01:35:30  attempt 1: the batch ended
       2026-11-21 01:36:30  attempt 1: errored (overloaded), not billed
       2026-11-21 01:37:30  attempt 2: put into a batch with 2 other rows (errored retry)
       2026-11-21 01:38:30  attempt 2: the batch was sent
       2026-11-21 01:38:30  attempt 2: Claude has it as msgbatch_01B
       2026-11-21 02:10:30  attempt 2: the batch ended
       2026-11-21 02:11:30  attempt 2: answered, but cut off, $0.0012
       2026-11-21 02:11:30  done: cut off (max_tokens)
       next   nothing: it is final
       cost   $0.0012 for 2 attempts; $0.0024 in real time
       could help   halfrate retry claim-8812 --job claims --max-tokens 600"
    `)
  })

  test('of one whose file was damaged says that it comes in again before it is retried', () => {
    const verdict = { status: 'failed', reason: 'file_damaged', detail: null } as const
    const text = shown(lifeOf({ state: 'done', verdict, doneAt: NOW }, []))
    expect(text).toMatch(
      /could help {3}put it in again with its file, then halfrate retry claim-8812 --job claims$/,
    )
  })

  test.each([
    [7, ' --job claims', 'its line, then halfrate run FILE -o OUT --job claims --changed'],
    [null, ' --queue triage', 'its line and its key, then halfrate enqueue FILE --queue triage'],
  ])('of one that Claude refused names a command that there is (job %s)', (jobId, flag, help) => {
    const verdict = { status: 'failed', reason: 'errored', detail: null } as const
    const request = {
      jobId: jobId as Request['jobId'],
      state: 'done',
      verdict,
      doneAt: NOW,
    } as const
    const text = shown({ ...lifeOf(request, []), where: { text: '', flag } })
    expect(text).toContain(`could help   change ${help}`)
  })

  test('hangs long moments under their text in 60 columns', () => {
    const facts = lifeOf({ state: 'waiting', notBefore: NOW + minutes(3) }, [FAILED_FIRST])
    expect(shown(facts, 60)).toMatchInlineSnapshot(`
      " claim-8812    waiting    claude-haiku-4-5
       2026-11-21 01:16:30  taken into job claims as row 118, to
                            go by batch
       2026-11-21 01:17:30  attempt 1: put into a batch with 1,999
                            other rows
       2026-11-21 01:18:30  attempt 1: the batch was sent
       2026-11-21 01:18:30  attempt 1: Claude has it as
                            msgbatch_01A
       2026-11-21 01:35:30  attempt 1: the batch ended
       2026-11-21 01:36:30  attempt 1: errored (overloaded), not
                            billed
       next   tried again from 02:20
       cost   $0 for 1 attempt; $0 in real time
       could help   halfrate status"
    `)
  })

  test('of one whose batch had no answer says from when it is sent again', () => {
    const lost = attempt(
      {},
      {
        state: 'ambiguous',
        requestCount: 10,
        openedAt: NOW - minutes(3),
        sendStartedAt: NOW - minutes(2),
      },
    )
    const facts = lifeOf({ state: 'assigned', attemptCount: 1 }, [lost])
    expect(shown({ ...facts, resendNotBeforeAt: () => NOW + minutes(13) })).toMatchInlineSnapshot(`
      " claim-8812    in a batch    claude-haiku-4-5
       2026-11-21 01:16:30  taken into job claims as row 118, to go by batch
       2026-11-21 02:13:30  attempt 1: put into a batch with 9 other rows
       2026-11-21 02:14:30  attempt 1: the batch was sent
       next   answer to our send was lost; looking for it (not sent again before 02:30)
       cost   not known yet for 1 attempt
       could help   halfrate work"
    `)
  })

  test('of one that waits says what holds it back', () => {
    const facts = { ...lifeOf({}, []), heldBack: 'rate limit, until 02:20' }
    expect(shown(facts)).toMatchInlineSnapshot(`
      " claim-8812    waiting    claude-haiku-4-5
       2026-11-21 01:16:30  taken into job claims as row 118, to go by batch
       next   held back: rate limit, until 02:20
       cost   nothing was sent
       could help   halfrate status"
    `)
  })
})
