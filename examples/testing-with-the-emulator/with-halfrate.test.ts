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
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })

  const job = await half.run('t', REQUESTS)
  await claude.clock.advance('2h')

  expect(claude.ledger.posts()).toHaveLength(1)
  expect(claude.ledger.billed()).toHaveLength(2)
  expect(await job.report()).toMatchObject({ succeeded: 2, isDone: true })
})
