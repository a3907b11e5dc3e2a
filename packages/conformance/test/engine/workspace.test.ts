import { expect, test } from 'vitest'
import { EngineBench } from './engine-bench.js'

async function atWork(): Promise<EngineBench> {
  const made = new EngineBench()
  await made.setPolicy()
  made.workspaceId = 'wrkspc_ours'
  await made.enqueue('a')
  await made.work()
  return made
}

test('a process that finds the workspace it knows goes on with what the one before began', async () => {
  const made = await atWork()
  made.restart()
  await made.enqueue('b')
  await made.pass(5)
  expect(made.creates).toHaveLength(2)
  expect(made.eventsOf('alarm')).toEqual([])
})

test('with a key of another workspace nothing is asked or sent, and nothing counts as deleted', async () => {
  const made = await atWork()
  const { batches } = made
  const ours = batches.splice(0)
  made.workspaceId = 'wrkspc_theirs'
  made.restart()
  await made.enqueue('b')
  await made.pass(60 * 8)
  expect(made.creates).toHaveLength(1)
  expect(new Set(made.eventsOf('alarm').map(({ code }) => code))).toEqual(
    new Set(['other_workspace']),
  )
  batches.push(...ours)
  made.workspaceId = 'wrkspc_ours'
  await made.pass(15)
  expect(made.creates).toHaveLength(2)
  expect((await made.requests()).map(({ state }) => state)).toEqual(['assigned', 'assigned'])
})

test('a provider that names no workspace is taken at its word', async () => {
  const made = await atWork()
  made.workspaceId = null
  made.restart()
  await made.enqueue('b')
  await made.pass(5)
  expect(made.creates).toHaveLength(2)
})
