import {
  DEFAULT_PROJECT,
  type FlushByHand,
  type QueueName,
  queueFlushSetting,
} from '@halfrate/core'
import { expect, test } from 'vitest'
import { flushByHand } from '../src/flush-by-hand.js'
import { openHalfrate } from '../src/open-halfrate.js'
import { writeQueuePolicy } from '../src/write-queue-policy.js'

const QUEUE = 'nightly' as QueueName
const SETTING = queueFlushSetting(DEFAULT_PROJECT, QUEUE)

test('what waits goes up to the instant of the store, and an older wish changes nothing', async () => {
  await using half = await openHalfrate({ store: ':memory:' })
  const before = await half.store.now()
  await flushByHand(half.store, DEFAULT_PROJECT, QUEUE)
  const { upTo } = ((await half.store.getSetting(SETTING))?.value ?? { upTo: 0 }) as FlushByHand
  expect(upTo).toBeGreaterThanOrEqual(before)
  const later = { upTo: upTo + 3_600_000 }
  await half.store.putSetting({ ...SETTING, value: later, ifVersion: 1 })
  await flushByHand(half.store, DEFAULT_PROJECT, QUEUE)
  expect((await half.store.getSetting(SETTING))?.value).toEqual(later)
})

test('a member of the flush rule is set alone', async () => {
  await using half = await openHalfrate({ store: ':memory:' })
  const { store } = half
  const set = { store, project: DEFAULT_PROJECT, queue: QUEUE }
  await writeQueuePolicy({ ...set, changes: { flush: { count: 7 } } })
  const policy = await writeQueuePolicy({
    ...set,
    changes: { flush: { ageMs: 5 }, maxFailures: 2 },
  })
  expect(policy.flush).toMatchObject({ count: 7, ageMs: 5, bytes: 200_000_000 })
  expect(policy.maxFailures).toBe(2)
})
