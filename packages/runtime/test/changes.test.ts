import { StoreClosedError } from '@halfrate/core'
import { expect, test } from 'vitest'
import { Changes } from '../src/changes.js'
import { openHalfrate } from '../src/index.js'

// Longer than a test may take: a rest that nothing ends is a test that fails.
const FOR_LONG = { leastMs: 0, mostMs: 3_600_000 }

const SETTLED = { type: 'settled', at: 0, submissionId: 1 as never, fresh: 2, done: 2 } as const
const ELSE = { type: 'step_failed', at: 0, step: 'poll', message: 'it is away' } as const

test('results that the engine of this process has stored end a rest', async () => {
  const changes = new Changes()
  const rest = changes.rest({ ...FOR_LONG, seen: changes.count })
  changes.onEvent(SETTLED)
  await rest
})

test('a change that came during the look keeps the rest after it short', async () => {
  const changes = new Changes()
  const seen = changes.count
  changes.onEvent(SETTLED)
  await changes.rest({ ...FOR_LONG, seen })
})

test('an event that can’t have brought results wakes nobody', () => {
  const changes = new Changes()
  changes.onEvent(ELSE)
  expect(changes.count).toBe(0)
})

test('what ends the engine ends every rest, the shortest part of it too, until it works again', async () => {
  const changes = new Changes()
  const rest = changes.rest({ seen: changes.count, leastMs: 3_600_000, mostMs: 3_600_000 })
  changes.fail({ error: new StoreClosedError() })
  await expect(rest).rejects.toBeInstanceOf(StoreClosedError)
  await expect(changes.rest({ ...FOR_LONG, seen: 0 })).rejects.toBeInstanceOf(StoreClosedError)
  changes.fail(null)
  await changes.rest({ leastMs: 0, mostMs: 0, seen: changes.count })
})

test('a store may be closed by hand and once more by its scope', async () => {
  await using half = await openHalfrate({ store: ':memory:' })
  await half.close()
})
