import { DEFAULT_ACCOUNT } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { scriptedError, scriptedResults } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, successLine, World } from './arrange.js'

const DAY_AND_MORE_MS = 28 * HOUR_MS

/** A send whose answer is lost, which the provider never got, and a stranger's batch that could be it. */
async function confuse(world: World): Promise<void> {
  world.transport.script('createBatch', () => {
    return { type: 'ambiguous', error: scriptedError('the connection was reset') }
  })
  await world.enqueue('a', 'b')
  await world.work(MINUTE_MS)
  world.put([successLine('theirs-1'), successLine('theirs-2')])
  world.end()
}

/** The stranger's file comes without a line, until it counts as unreadable. */
async function vanish(world: World): Promise<void> {
  const [batch] = world.shelf
  if (batch !== undefined) batch.lines = []
  await world.work(4 * HOUR_MS, MINUTE_MS)
  expect(world.alarms()).toEqual(['vanished_batch'])
}

describe('a batch of another program that could be the one whose answer was lost', () => {
  test('fails the requests under `wait` when nobody could ever read it', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'wait' })
    await confuse(world)
    await vanish(world)
    await world.work(DAY_AND_MORE_MS, 10 * MINUTE_MS)
    expect([await world.ends(), world.sent]).toEqual([{ possibly_paid: 2 }, 1])
  })

  test('does not when it is read in time after all: they are sent again, and are not possibly paid', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'wait' })
    await confuse(world)
    await vanish(world)
    const [batch] = world.shelf
    if (batch !== undefined) batch.lines = [successLine('theirs-1'), successLine('theirs-2')]
    await world.work(DAY_AND_MORE_MS, 10 * MINUTE_MS)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect([await world.ends(), world.sent]).toEqual([{ succeeded: 2 }, 2])
    const [first] = await world.submissions()
    expect(first).toMatchObject({ state: 'lost', possiblyPaid: false })
  })

  test('is none any more once another worker has read it, though the list lacks it by now', async () => {
    const world = new World()
    await world.policy({ onLostAnswer: 'wait' })
    await confuse(world)
    await vanish(world)
    const remoteIds = world.shelf.map(({ batch }) => batch.id)
    world.shelf.length = 0
    await world.store.markForeign({ account: DEFAULT_ACCOUNT, remoteIds })
    await world.work(DAY_AND_MORE_MS, 10 * MINUTE_MS)
    const [first] = await world.submissions()
    expect(first).toMatchObject({ state: 'lost', possiblyPaid: false })
    expect(world.sent).toBe(2)
  })

  test('is not read as a file without a line after an hour in which it was not there', async () => {
    const world = new World()
    await world.policy()
    await confuse(world)
    const missing = { type: 'not_found', error: scriptedError('no', { status: 404 }) } as const
    let isThere = false
    const [theirs] = world.shelf
    world.transport.always('streamResults', () =>
      isThere ? scriptedResults({ lines: [] }) : missing,
    )
    await world.work(2 * HOUR_MS, MINUTE_MS)
    isThere = true
    await world.work(30 * MINUTE_MS, MINUTE_MS)
    const { state, search } = await world.only()
    expect(state).toBe('ambiguous')
    expect(search.candidates).toMatchObject([{ remoteId: theirs?.batch.id, vanished: false }])
    expect(world.alarms()).toEqual([])
  })
})
