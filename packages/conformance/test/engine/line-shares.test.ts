import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  enqueue,
  laneKey,
  type QueueName,
  queueSetting,
} from '@halfrate/core'
import { accountLimitsSetting, type LineDemands, lineDemandsSetting } from '@halfrate/core/line'
import { describe, expect, test } from 'vitest'
import { anIntakeRow } from '../../src/index.js'
import { MINUTE_MS, QUEUE, World } from './arrange.js'

const DAY_MS = 24 * 60 * MINUTE_MS
const OTHER = 'other' as QueueName
const IN_LINE = ['sealed', 'sending', 'ambiguous', 'in_progress', 'canceling']

class LineWorld extends World {
  async rows(queue: QueueName, count: number) {
    const rows = Array.from({ length: count }, (_, index) => anIntakeRow({ key: `${index}` }))
    await enqueue({ store: this.store, project: DEFAULT_PROJECT, queue, rows })
  }

  // Each wanted by another instant, so that none shares a batch with another.
  async apart(queue: QueueName, count: number) {
    const rows = Array.from({ length: count }, (_, index) =>
      anIntakeRow({ key: `apart ${index}`, lane: laneKey({ deadlineAt: (index + 1) * DAY_MS }) }),
    )
    await enqueue({ store: this.store, project: DEFAULT_PROJECT, queue, rows })
  }

  async limit(enqueuedRequests: number | null) {
    const name = accountLimitsSetting(DEFAULT_ACCOUNT)
    const ifVersion = (await this.store.getSetting(name))?.version ?? null
    await this.store.putSetting({ ...name, value: { enqueuedRequests }, ifVersion })
  }

  async inLine(queue: QueueName): Promise<number> {
    const all = await this.submissions()
    return all
      .filter((each) => each.queue === queue && IN_LINE.includes(each.state))
      .reduce((sum, { requestCount }) => sum + requestCount, 0)
  }

  async demands(): Promise<readonly (readonly [string, number])[]> {
    const stored = await this.store.getSetting(lineDemandsSetting(DEFAULT_ACCOUNT))
    const { demands } = (stored?.value ?? { demands: [] }) as LineDemands
    return demands.map(({ queue, wants }) => [queue, wants] as const)
  }
}

async function world(): Promise<LineWorld> {
  const made = new LineWorld()
  const value = { flush: { count: 100, bytes: 1_000_000, ageMs: 0 } }
  for (const queue of [QUEUE, OTHER]) {
    await made.store.putSetting({ ...queueSetting(DEFAULT_PROJECT, queue), value, ifVersion: null })
  }
  return made
}

describe('the line of an account', () => {
  test('is as long as the queues make it where nobody said how long it may be', async () => {
    const made = await world()
    await made.rows(QUEUE, 30)
    await made.work(MINUTE_MS)
    expect(await made.inLine(QUEUE)).toBe(30)
    expect(await made.demands()).toEqual([])
  })

  test('is never longer than was said, and moves on as batches end', async () => {
    const made = await world()
    await made.limit(10)
    await made.rows(QUEUE, 25)
    for (const inLine of [10, 10, 5]) {
      await made.work(2 * MINUTE_MS)
      expect(await made.inLine(QUEUE)).toBe(inLine)
      made.end()
    }
    await made.work(2 * MINUTE_MS)
    expect(await made.ends()).toEqual({ succeeded: 25 })
    expect(await made.demands()).toEqual([])
  })

  test('is shared by queues that want more than there is, whoever came first', async () => {
    const made = await world()
    await made.limit(20)
    await made.rows(QUEUE, 60)
    await made.work(2 * MINUTE_MS)
    expect(await made.inLine(QUEUE)).toBe(20)
    await made.rows(OTHER, 60)
    await made.work(2 * MINUTE_MS)
    expect(await made.inLine(OTHER)).toBe(0)
    expect(await made.demands()).toEqual(
      expect.arrayContaining([
        [QUEUE, 40],
        [OTHER, 60],
      ]),
    )
    made.end()
    await made.work(2 * MINUTE_MS)
    expect([await made.inLine(QUEUE), await made.inLine(OTHER)]).toEqual([10, 10])
  })

  test('is asked for once by all groups of a queue, for all that they hold', async () => {
    const made = await world()
    await made.limit(10)
    await made.rows(OTHER, 10)
    await made.work(MINUTE_MS)
    await made.apart(QUEUE, 30)
    const { store } = made
    const queueFacts = store.queueFacts.bind(store)
    let looks = 0
    store.queueFacts = (params) => {
      if (params.queue === QUEUE) looks += 1
      return queueFacts(params)
    }
    await made.work(MINUTE_MS)
    expect(await made.demands()).toEqual([[QUEUE, 30]])
    // One that finds them, and one that finds that they all wait; at each of the few looks of a minute.
    expect(looks).toBeLessThan(30)
    made.end()
    await made.work(2 * MINUTE_MS)
    expect(await made.inLine(QUEUE)).toBe(10)
  })

  test('is free at once when the limit is taken away', async () => {
    const made = await world()
    await made.limit(5)
    await made.rows(QUEUE, 30)
    await made.work(MINUTE_MS)
    await made.limit(null)
    await made.work(2 * MINUTE_MS)
    expect(await made.inLine(QUEUE)).toBe(30)
  })

  test('cuts a batch whose filler died to what there is room for', async () => {
    const made = await world()
    await made.rows(QUEUE, 20)
    made.store.addMembers = () => Promise.reject(new Error('The worker died.'))
    await made.work(0)
    expect(await made.submissions()).toMatchObject([{ state: 'filling', requestCount: 0 }])
    made.restore(made.store.snapshot())
    await made.limit(8)
    await made.work(5 * MINUTE_MS)
    expect(await made.inLine(QUEUE)).toBe(8)
  })
})
