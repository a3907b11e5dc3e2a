import { expect, test } from 'vitest'
import { scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, World } from './arrange.js'

const SECOND_MS = 1_000

/** Two requests whose answers were errors that pass, so that they wait for their next try. */
async function refusedOnce(): Promise<World> {
  const world = new World()
  await world.policy()
  await world.enqueue('a', 'b')
  await world.work(MINUTE_MS)
  for (const each of world.shelf) {
    each.lines = each.lines.map((line) => {
      const { custom_id } = JSON.parse(line) as { readonly custom_id: string }
      const error = { type: 'error', error: { type: 'api_error', message: 'try again' } }
      return JSON.stringify({ custom_id, result: { type: 'errored', error } })
    })
  }
  world.end({ errored: 2 })
  return world
}

test('a round tells when requests are due that are to be tried again, and that is when they are sent', async () => {
  const world = await refusedOnce()
  let report = await world.engine?.tick()
  while (world.shelf[0] !== undefined && (await world.only()).state !== 'collected') {
    await world.clock.advance(SECOND_MS)
    report = await world.engine?.tick()
  }
  while (report?.progressed === true) report = await world.engine?.tick()
  const dueAt = report?.nextDueAt ?? 0
  expect(dueAt).toBeGreaterThan(world.now())
  expect(dueAt).toBeLessThan(world.now() + HOUR_MS)
  await world.clock.advance(dueAt - world.now() - 1)
  await world.engine?.tick()
  expect(world.sent).toBe(1)
  await world.clock.advance(1)
  await world.engine?.tick()
  expect(world.sent).toBe(2)
})

test('a round whose look at the list failed tells when it looks again, though nothing waits', async () => {
  const world = new World()
  world.transport.script('list', { type: 'failed', error: scriptedError('away', { status: 529 }) })
  world.start()
  const first = await world.engine?.tick()
  const dueAt = first?.nextDueAt ?? 0
  expect(dueAt).toBeGreaterThan(world.now())
  await world.clock.advance(dueAt - world.now())
  const second = await world.engine?.tick()
  expect(world.transport.callsOf('list')).toHaveLength(2)
  expect(second?.nextDueAt).toBeNull()
})
