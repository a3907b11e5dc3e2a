import { DEFAULT_PROJECT } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, test } from 'vitest'

const REQUESTS = ['r1', 'r2'].map((key) => ({
  key,
  params: {
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Spam or ham?' }],
  },
}))

test('an embedded Halfrate pays once, although the answer to its send was lost', async () => {
  await using claude = await startEmulator({ seed: 7 })
  claude.fault('create', { loseResponse: true, times: 1 })
  await using half = await openHalfrate({ store: ':memory:', ...claude.connection })
  await half.queue('default').enqueueAll(REQUESTS)

  const engine = await half.engine()
  const end = claude.clock.now() + 3 * 3_600_000
  while (claude.clock.now() < end) {
    const { progressed } = await engine.tick()
    if (!progressed) await claude.clock.advance('5m')
  }
  await engine.stop({ graceMs: 60_000 })

  expect(claude.ledger.posts()).toHaveLength(1)
  expect(claude.ledger.billed()).toHaveLength(2)
  const { counts, money } = await half.store.report({ scope: { project: DEFAULT_PROJECT } })
  expect(counts.byStatus.succeeded).toBe(2)
  expect(BigInt(money.paidNano)).toBe(claude.ledger.summary().nanoUsd)
})
