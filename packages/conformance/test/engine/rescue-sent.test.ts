import {
  DEFAULT_PROJECT,
  type EpochMs,
  enqueue,
  jobBudgetSetting,
  laneOf,
  loadJob,
  type QueuePolicy,
} from '@halfrate/core'
import { type BudgetScope, budgetSetting } from '@halfrate/core/budgets'
import { withDeadline } from '@halfrate/core/intake'
import { isHedge } from '@halfrate/core/routing'
import { describe, expect, test } from 'vitest'
import { anIntakeRow, scriptedResults, someCounts } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, QUEUE, World } from './arrange.js'

const HEDGES: BudgetScope = { type: 'hedges', project: DEFAULT_PROJECT, queue: QUEUE }
const AHEAD_MS = 6 * HOUR_MS

async function world(policy: Partial<QueuePolicy>): Promise<World> {
  const made = new World()
  await made.policy(policy)
  made.transport.always('createMessage', () => ({
    type: 'answered',
    message: new TextEncoder().encode(
      JSON.stringify({
        ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' },
        ...{ content: [{ type: 'text', text: 'by call' }], stop_reason: 'end_turn' },
        usage: { input_tokens: 1_000, output_tokens: 200 },
      }),
    ),
    limits: {},
    serverAt: made.now(),
  }))
  return made
}

async function hedgeBudget(made: World, capNano: number): Promise<void> {
  const caps = [{ period: 'total', capNano, warnAt: [] }]
  const value = { timeZone: 'UTC', caps }
  await made.store.putSetting({ ...budgetSetting(HEDGES), value, ifVersion: null })
}

async function wanted(made: World, ...keys: readonly string[]): Promise<EpochMs> {
  const at = Math.ceil((made.now() + AHEAD_MS) / (5 * MINUTE_MS)) * 5 * MINUTE_MS
  const rows = keys.map((key) => withDeadline(anIntakeRow({ key }), at))
  await enqueue({ store: made.store, project: DEFAULT_PROJECT, queue: QUEUE, rows })
  await made.work(MINUTE_MS)
  expect(made.sent).toBe(1)
  return at
}

const calls = (made: World): number => made.transport.callsOf('createMessage').length

function rescued(made: World): readonly object[] {
  return made.events.filter(({ type }) => type === 'rescued')
}

async function wastes(made: World): Promise<readonly (readonly boolean[])[]> {
  return (await made.lives()).map(({ attempts }) => attempts.map(({ attempt }) => attempt.waste))
}

describe('a batch that is not back shortly before it is wanted', () => {
  test('is left alone in a queue that is rescued while work waits', async () => {
    const made = await world({ rescue: 'reroute' })
    await hedgeBudget(made, 1e12)
    const deadlineAt = await wanted(made, 'a')
    await made.work(deadlineAt - made.now() - 6 * MINUTE_MS, MINUTE_MS)
    expect(made.alarms()).toEqual([])
    // It is said while something can still be done about it, and not again.
    await made.work(2 * MINUTE_MS, MINUTE_MS)
    expect(made.alarms()).toEqual(['deadline_at_risk'])
    await made.work(HOUR_MS, MINUTE_MS)
    made.end()
    await made.work(HOUR_MS, MINUTE_MS)
    expect([calls(made), rescued(made)]).toEqual([0, []])
    expect([await made.ends(), made.alarms()]).toEqual([{ succeeded: 1 }, ['deadline_at_risk']])
  })

  test('is told to be late by who comes to it when it is, still there or back', async () => {
    const there = await world({})
    await wanted(there, 'a', 'b')
    await there.clock.advance(AHEAD_MS + HOUR_MS)
    await there.work(HOUR_MS, MINUTE_MS)
    expect(there.events.filter(({ type }) => type === 'alarm')).toMatchObject([
      { message: expect.stringMatching(/^Of queue .* 2 in a batch still at Claude .* are late: /) },
    ])

    const back = await world({})
    await wanted(back, 'a', 'b')
    back.end()
    await back.clock.advance(AHEAD_MS + HOUR_MS)
    await back.work(HOUR_MS, MINUTE_MS)
    expect(await back.ends()).toEqual({ succeeded: 2 })
    expect(back.events.filter(({ type }) => type === 'alarm')).toMatchObject([
      {
        code: 'deadline_at_risk',
        message: expect.stringMatching(/are late: their answers are fetched/),
      },
    ])
  })

  test('is told to be late when that instant goes by while its answers are fetched', async () => {
    const made = await world({})
    await wanted(made, 'a', 'b')
    made.end()
    const lines = made.shelf.flatMap((each) => each.lines)
    made.transport.script('streamResults', async () => {
      await made.clock.advance(AHEAD_MS + HOUR_MS)
      return scriptedResults({ lines })
    })
    await made.work(HOUR_MS, MINUTE_MS)
    expect(await made.ends()).toEqual({ succeeded: 2 })
    expect(made.events.filter(({ type }) => type === 'alarm')).toMatchObject([
      { code: 'deadline_at_risk', message: expect.stringMatching(/2 in a batch .* are late: /) },
    ])
  })

  test('is called as well under a budget of hedges, once, and in time', async () => {
    const made = await world({ rescue: 'hedge' })
    await hedgeBudget(made, 1e12)
    const deadlineAt = await wanted(made, 'a', 'b')
    await made.work(deadlineAt - made.now() - 10 * MINUTE_MS, MINUTE_MS)
    expect(calls(made)).toBe(0)
    // Whatever else is to be looked at, the worker comes in time by itself.
    await made.work(8 * MINUTE_MS, MINUTE_MS)
    expect([calls(made), await made.ends()]).toEqual([2, { succeeded: 2 }])
    expect(rescued(made)).toMatchObject([{ how: 'hedge', queue: QUEUE, count: 2, deadlineAt }])
    const batches = await made.submissions()
    expect(batches.filter(isHedge)).toMatchObject([
      { state: 'collected', requestCount: 1 },
      { state: 'collected', requestCount: 1 },
    ])
    made.end()
    await made.work(HOUR_MS, MINUTE_MS)
    expect(calls(made)).toBe(2)
    expect(await wastes(made)).toEqual([
      [true, false],
      [true, false],
    ])
    expect(made.alarms()).toEqual([])
  })

  test('ends its requests itself when it comes back while they are called', async () => {
    const made = await world({ rescue: 'hedge' })
    await hedgeBudget(made, 1e12)
    const deadlineAt = await wanted(made, 'a')
    made.transport.always('createMessage', () => {
      made.end()
      return { type: 'ambiguous', error: { ...NO_ANSWER } }
    })
    await made.work(deadlineAt - made.now() + HOUR_MS, MINUTE_MS)
    expect([calls(made), await made.ends()]).toEqual([1, { succeeded: 1 }])
    const [life] = await made.lives()
    expect(life?.attempts.map(({ attempt }) => attempt.possiblyPaid)).toEqual([false, true])
  })

  test('is not called without a budget of hedges, beyond it, or for a job with a cap, which is told once', async () => {
    const none = await world({ rescue: 'hedge' })
    await wanted(none, 'a')
    await none.work(AHEAD_MS, MINUTE_MS)
    expect([calls(none), none.alarms()]).toEqual([0, ['deadline_at_risk']])

    const small = await world({ rescue: 'hedge' })
    await hedgeBudget(small, 1)
    await wanted(small, 'a', 'b')
    await small.work(AHEAD_MS, MINUTE_MS)
    expect([calls(small), small.alarms()]).toEqual([0, ['deadline_at_risk']])

    const capped = await world({ rescue: 'hedge' })
    await hedgeBudget(capped, 1e12)
    const at = Math.ceil((capped.now() + AHEAD_MS) / (5 * MINUTE_MS)) * 5 * MINUTE_MS
    const { job } = await loadJob({
      ...{ store: capped.store, queue: QUEUE, jobName: 'claims', onConflict: 'report' },
      read: () => ({
        rows: [withDeadline(anIntakeRow({ key: 'a', row: 1 }), at)],
        sourceDigest: () => null,
      }),
    })
    const cap = { job: 'claims', capNano: 1e12 }
    const setting = jobBudgetSetting(DEFAULT_PROJECT, job.id)
    await capped.store.putSetting({ ...setting, value: cap, ifVersion: null })
    await capped.work(AHEAD_MS, MINUTE_MS)
    expect([capped.sent, calls(capped)]).toEqual([1, 0])
    expect(capped.alarms()).toEqual(['deadline_at_risk'])
  })

  test('is not called when its instant is over', async () => {
    const made = await world({ rescue: 'hedge' })
    await hedgeBudget(made, 1e12)
    await wanted(made, 'a')
    await made.clock.advance(AHEAD_MS + HOUR_MS)
    await made.work(HOUR_MS, MINUTE_MS)
    expect([calls(made), made.alarms()]).toEqual([0, ['deadline_at_risk']])
  })

  test('is canceled where its queue says so, and what comes back unanswered is called', async () => {
    const made = await world({ rescue: 'cancel_batch_first' })
    made.transport.always('cancel', ({ remoteId }) => {
      const found = made.shelf.find(({ batch }) => batch.id === remoteId)
      if (found === undefined) throw new Error('It is not there.')
      const [first = '', ...others] = found.lines
      const canceled = others.map((line) => {
        const { custom_id: id } = JSON.parse(line) as { readonly custom_id: string }
        return JSON.stringify({ custom_id: id, result: { type: 'canceled' } })
      })
      found.lines = [first, ...canceled]
      found.batch = {
        ...found.batch,
        ...{ status: 'ended', counts: someCounts({ succeeded: 1, canceled: canceled.length }) },
        ...{ endedAt: made.now(), cancelInitiatedAt: made.now() },
      }
      return { type: 'batch', batch: found.batch }
    })
    const deadlineAt = await wanted(made, 'a', 'b', 'c')
    await made.work(deadlineAt - made.now() - MINUTE_MS, MINUTE_MS)
    expect([calls(made), made.sent, await made.ends()]).toEqual([2, 1, { succeeded: 3 }])
    expect(rescued(made)).toMatchObject([
      { how: 'cancel_batch_first', count: 3, deadlineAt, extraNano: null },
      { how: 'reroute', count: 2, deadlineAt },
    ])
    const lanes = (await made.lives()).map(({ request }) => laneOf(request.lane).why)
    expect(lanes).toEqual([null, 'rescue', 'rescue'])
    expect((await wastes(made)).flat()).not.toContain(true)
  })
})

const NO_ANSWER = {
  ...{ status: null, type: null, code: null, requestId: null, retryAfterMs: null },
  message: 'No answer came.',
}
