import { DEFAULT_PROJECT, type QueueName } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { openHalfrate, writeQueuePolicy } from '../src/index.js'
import { rowOf } from './jobs/open-jobs.js'

test('what is set of the queue of jobs before its first one lets them send at once', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const target = { store: half.store, project: DEFAULT_PROJECT, queue: 'run' as QueueName }
  const policy = await writeQueuePolicy({ ...target, changes: { maxFailures: 5 } })
  expect(policy).toMatchObject({ maxFailures: 5, flush: { ageMs: 0 } })
  await half.run('one', [rowOf('a', 'hello')], { start: false })
  await half.tick({ maxMs: 5_000 })
  expect(claude.ledger.accepted()).toHaveLength(1)
})

test('what is set of any other queue leaves it filling up', async () => {
  await using half = await openHalfrate({ store: ':memory:' })
  const target = { store: half.store, project: DEFAULT_PROJECT, queue: 'claims' as QueueName }
  const policy = await writeQueuePolicy({ ...target, changes: { maxFailures: 5 } })
  expect(policy).toMatchObject({ maxFailures: 5, flush: { count: 10_000, ageMs: 3_600_000 } })
})
