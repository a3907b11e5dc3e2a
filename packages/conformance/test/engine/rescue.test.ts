import { DEFAULT_PROJECT, type EpochMs, enqueue, laneOf, type QueuePolicy } from '@halfrate/core'
import { type BudgetScope, budgetSetting } from '@halfrate/core/budgets'
import { withDeadline } from '@halfrate/core/intake'
import { callMsOf } from '@halfrate/core/routing'
import { describe, expect, test } from 'vitest'
import { anIntakeRow } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, QUEUE, World } from './arrange.js'

const DAILY = { count: 100, bytes: 1_000_000, ageMs: 24 * HOUR_MS }

async function world(policy: Partial<QueuePolicy> = {}): Promise<World> {
  const made = new World()
  await made.policy({ flush: DAILY, ...policy })
  made.transport.always('createMessage', () => ({
    type: 'answered',
    message: new TextEncoder().encode(
      JSON.stringify({
        ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5' },
        ...{ content: [{ type: 'text', text: 'yes' }], stop_reason: 'end_turn' },
        usage: { input_tokens: 1_000, output_tokens: 200 },
      }),
    ),
    limits: {},
    serverAt: made.now(),
  }))
  return made
}

async function wanted(made: World, inMs: number, ...keys: readonly string[]): Promise<EpochMs> {
  const at = Math.ceil((made.now() + inMs) / (5 * MINUTE_MS)) * 5 * MINUTE_MS
  const rows = keys.map((key) => withDeadline(anIntakeRow({ key }), at))
  await enqueue({ store: made.store, project: DEFAULT_PROJECT, queue: QUEUE, rows })
  return at
}

function calls(made: World): number {
  return made.transport.callsOf('createMessage').length
}

function rescued(made: World): readonly object[] {
  return made.events.filter(({ type }) => type === 'rescued')
}

describe('what a batch would likely bring too late', () => {
  test('is called in real time where its queue allows that, and says what it costs more', async () => {
    const made = await world({ rescue: 'reroute' })
    const deadlineAt = await wanted(made, 20 * MINUTE_MS, 'a', 'b')
    await made.enqueue('whenever')
    await made.work(MINUTE_MS)
    expect([calls(made), made.sent, await made.ends()]).toEqual([2, 0, { succeeded: 2 }])
    expect(rescued(made)).toMatchObject([{ queue: QUEUE, count: 2, deadlineAt }])
    expect(rescued(made)[0]).toHaveProperty('extraNano', expect.any(Number))
    const lanes = (await made.lives()).map(({ request }) => laneOf(request.lane))
    expect(lanes.map(({ route, why }) => `${route} ${why}`)).toEqual([
      'realtime rescue',
      'realtime rescue',
      'batch null',
    ])
    const { money } = await made.store.report({ scope: { project: DEFAULT_PROJECT } })
    expect(money.paidNano).toBe(money.realtimeNano)
    expect(made.alarms()).toEqual([])
  })

  test('goes in a batch by default, and that is told once', async () => {
    const made = await world()
    await wanted(made, 20 * MINUTE_MS, 'a', 'b')
    await made.work(10 * MINUTE_MS, MINUTE_MS)
    expect([calls(made), made.sent]).toEqual([0, 1])
    expect(made.alarms()).toEqual(['deadline_at_risk'])
    expect(rescued(made)).toEqual([])
  })

  test('is not rescued from a batch that goes when it should', async () => {
    const made = await world({ rescue: 'reroute' })
    await wanted(made, 6 * HOUR_MS, 'a')
    await made.work(5 * HOUR_MS, 4 * MINUTE_MS)
    expect([calls(made), made.sent, made.alarms()]).toEqual([0, 1, []])
  })

  test('is rescued when nobody worked while it should have gone', async () => {
    const made = await world({ rescue: 'reroute' })
    const deadlineAt = await wanted(made, 6 * HOUR_MS, 'a')
    await made.clock.advance(deadlineAt - made.now() - 30 * MINUTE_MS)
    await made.work(MINUTE_MS)
    expect([calls(made), made.sent, await made.ends()]).toEqual([1, 0, { succeeded: 1 }])
  })

  test('goes in a batch when its instant is over, and when calls may be too late as well', async () => {
    const made = await world({ rescue: 'reroute' })
    const soon = await wanted(made, 10 * MINUTE_MS, 'soon')
    await wanted(made, -HOUR_MS, 'over')
    await made.clock.advance(soon - made.now() - 30_000)
    await made.work(MINUTE_MS)
    expect([calls(made), made.sent]).toEqual([0, 2])
    expect(made.alarms()).toEqual(['deadline_at_risk', 'deadline_at_risk'])
  })

  test('is called as far as calls are in time, and the rest goes in a batch', async () => {
    const made = await world({ rescue: 'reroute' })
    made.start('send', { callsAtOnce: 2 })
    const keys = Array.from({ length: 40 }, (_, index) => `key ${index}`)
    const deadlineAt = await wanted(made, 10 * MINUTE_MS, ...keys)
    await made.clock.advance(deadlineAt - made.now() - 10 * MINUTE_MS)
    await made.work(2 * MINUTE_MS)
    const [batch] = (await made.submissions()).filter(({ requestCount }) => requestCount > 1)
    expect(calls(made) + (batch?.requestCount ?? 0)).toBe(40)
    const rounds = Math.floor((10 * MINUTE_MS) / callMsOf(anIntakeRow({ key: '' }).maxTokens))
    expect([calls(made), made.alarms()]).toEqual([2 * rounds, ['deadline_at_risk']])
  })

  test('is not called where a budget leaves no room for the whole price, which is told', async () => {
    const made = await world({ rescue: 'reroute' })
    const scope: BudgetScope = { type: 'queue', project: DEFAULT_PROJECT, queue: QUEUE }
    await wanted(made, 20 * MINUTE_MS, 'a')
    const caps = [{ period: 'total', capNano: 1, warnAt: [] }]
    const value = { timeZone: 'UTC', caps }
    await made.store.putSetting({ ...budgetSetting(scope), value, ifVersion: null })
    await made.work(MINUTE_MS)
    expect([calls(made), made.sent, rescued(made)]).toEqual([0, 0, []])
    expect(made.alarms()).toEqual(['deadline_at_risk'])
    const [life] = await made.lives()
    expect(laneOf(life?.request.lane ?? '').route).toBe('batch')
  })
})
