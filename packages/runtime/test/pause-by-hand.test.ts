import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type Pause,
  pauseSetting,
  pausesOf,
  projectPauseSetting,
  type QueueName,
  queuePauseSetting,
  STORE_PAUSE_SETTING,
} from '@halfrate/core'
import { expect, test } from 'vitest'
import { openHalfrate } from '../src/open-halfrate.js'
import { type PauseScope, pauseByHand, resumeByHand } from '../src/pause-by-hand.js'

const ACCOUNT: PauseScope = { type: 'account', account: DEFAULT_ACCOUNT }
const QUEUE: PauseScope = {
  type: 'queue',
  project: DEFAULT_PROJECT,
  queue: 'run' as QueueName,
}

const AUTOMATIC: Pause = {
  lane: null,
  reason: 'billing',
  seenBy: 'send',
  since: 1,
  refusedAt: 1,
  until: 9_000_000_000_000,
  error: { status: 402, type: null, code: null, message: '', requestId: null, retryAfterMs: null },
  refusals: 3,
  probe: null,
}

test.each([
  [QUEUE, queuePauseSetting(DEFAULT_PROJECT, 'run' as QueueName)],
  [{ type: 'project', project: DEFAULT_PROJECT }, projectPauseSetting(DEFAULT_PROJECT)],
  [{ type: 'store' }, STORE_PAUSE_SETTING],
] as const)('$0.type: paused once, and resumed once', async (scope, name) => {
  await using half = await openHalfrate({ store: ':memory:' })
  expect(await pauseByHand(half.store, scope, 'why')).toBe(true)
  expect(await pauseByHand(half.store, scope, 'again')).toBe(false)
  expect((await half.store.getSetting(name))?.value).toMatchObject({ note: 'why' })
  expect(await resumeByHand(half.store, scope)).toBe(true)
  expect(await resumeByHand(half.store, scope)).toBe(false)
})

test('an account keeps what paused it by itself, and a resume lets it be tried at once', async () => {
  await using half = await openHalfrate({ store: ':memory:' })
  const { store } = half
  const name = pauseSetting(DEFAULT_ACCOUNT)
  expect(await resumeByHand(store, ACCOUNT)).toBe(false)
  await store.putSetting({
    ...name,
    value: { hand: null, automatic: [AUTOMATIC] },
    ifVersion: null,
  })
  expect(await pauseByHand(store, ACCOUNT, null)).toBe(true)
  const paused = pausesOf((await store.getSetting(name))?.value)
  expect(paused).toMatchObject({ hand: { note: null }, automatic: [AUTOMATIC] })
  expect(await resumeByHand(store, ACCOUNT)).toBe(true)
  const resumed = pausesOf((await store.getSetting(name))?.value)
  expect(resumed.hand).toBeNull()
  expect(resumed.automatic[0]?.until).toBeLessThanOrEqual(await store.now())
})
