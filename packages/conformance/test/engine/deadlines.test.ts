import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EpochMs,
  enqueue,
  laneOf,
  type SubmissionId,
} from '@halfrate/core'
import { withDeadline } from '@halfrate/core/intake'
import {
  NO_TURNAROUND,
  sendByAt,
  turnaroundOdds,
  turnaroundSetting,
  withTurnaround,
} from '@halfrate/core/turnaround'
import { describe, expect, test } from 'vitest'
import { anIntakeRow } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, QUEUE, World } from './arrange.js'

const DAILY = { count: 100, bytes: 1_000_000, ageMs: 24 * HOUR_MS }

async function wanted(world: World, at: EpochMs, ...keys: readonly string[]): Promise<void> {
  const rows = keys.map((key) => withDeadline(anIntakeRow({ key }), at))
  await enqueue({ store: world.store, project: DEFAULT_PROJECT, queue: QUEUE, rows })
}

/** The size of each batch, and when its answers are wanted; null for whenever. */
async function batches(world: World): Promise<readonly (readonly [number, EpochMs | null])[]> {
  const sent = (await world.submissions()).filter(({ sendStartedAt }) => sendStartedAt !== null)
  return sent.map(({ lane, requestCount }) => [requestCount, laneOf(lane).deadlineAt])
}

function published(world: World): (deadlineAt: EpochMs) => EpochMs {
  const kind = { models: ['claude-haiku-4-5'], requests: 1, startsAt: world.now() }
  return (deadlineAt) => sendByAt(turnaroundOdds(NO_TURNAROUND, kind, world.now()), deadlineAt)
}

/** On the grid that deadlines share, in so many milliseconds. */
function inSome(world: World, ms: number): EpochMs {
  return Math.ceil((world.now() + ms) / (5 * MINUTE_MS)) * 5 * MINUTE_MS
}

describe('what is wanted by an instant', () => {
  test('goes in time to be there, and no earlier than its queue says else', async () => {
    const world = new World()
    await world.policy({ flush: DAILY })
    const deadlineAt = inSome(world, 6 * HOUR_MS)
    const sendBy = published(world)(deadlineAt)
    await wanted(world, deadlineAt, 'claim')
    await world.enqueue('later')
    await world.work(sendBy - world.now() - 2 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    await world.work(3 * MINUTE_MS, MINUTE_MS)
    expect(await batches(world)).toEqual([[1, deadlineAt]])
  })

  test('goes at once where it could be later only at risk, and late too', async () => {
    const world = new World()
    await world.policy({ flush: DAILY })
    const soon = inSome(world, 20 * MINUTE_MS)
    const over = inSome(world, -HOUR_MS)
    await wanted(world, soon, 'soon')
    await wanted(world, over, 'late')
    await world.work(0)
    expect(await batches(world)).toEqual([
      [1, over],
      [1, soon],
    ])
  })

  test('goes by the rule of its queue where that is earlier', async () => {
    const world = new World()
    await world.policy({ flush: { ...DAILY, ageMs: HOUR_MS } })
    await wanted(world, inSome(world, 48 * HOUR_MS), 'claim')
    await world.work(HOUR_MS - 2 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    await world.work(3 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(1)
  })

  test('waits the longer the quicker the account’s batches are', async () => {
    const world = new World()
    await world.policy({ flush: DAILY })
    let history = NO_TURNAROUND
    for (let id = 1; id <= 200; id += 1) {
      const kind = { models: ['claude-haiku-4-5'], requests: 1, startsAt: world.now() - HOUR_MS }
      const endedAt = kind.startsAt + 3 * MINUTE_MS
      history =
        withTurnaround(history, { ...kind, submissionId: id as SubmissionId, endedAt }) ?? history
    }
    const name = turnaroundSetting(DEFAULT_ACCOUNT)
    await world.store.putSetting({ ...name, value: history, ifVersion: null })
    const deadlineAt = inSome(world, 2 * HOUR_MS)
    await wanted(world, deadlineAt, 'claim')
    await world.work(deadlineAt - world.now() - 20 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    await world.work(15 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(1)
  })

  test('goes in batches of its own, of at most its size, and full ones at once', async () => {
    const world = new World()
    await world.policy({ flush: DAILY, deadlineBatchRequests: 2 })
    const deadlineAt = inSome(world, 9 * HOUR_MS)
    await wanted(world, deadlineAt, 'a', 'b', 'c')
    await world.enqueue('d', 'e', 'f')
    await world.work(MINUTE_MS)
    expect(await batches(world)).toEqual([[2, deadlineAt]])
    await world.work(9 * HOUR_MS, 10 * MINUTE_MS)
    expect(await batches(world)).toEqual([
      [2, deadlineAt],
      [1, deadlineAt],
    ])
  })

  test('shares a batch with neighbours, and not with what is wanted hours later', async () => {
    const world = new World()
    await world.policy()
    const deadlineAt = inSome(world, 9 * HOUR_MS)
    await wanted(world, deadlineAt, 'a')
    await wanted(world, deadlineAt + MINUTE_MS, 'b')
    await wanted(world, deadlineAt + HOUR_MS, 'c')
    await world.work(0)
    expect(await batches(world)).toEqual([
      [2, deadlineAt],
      [1, deadlineAt + HOUR_MS],
    ])
  })
})
