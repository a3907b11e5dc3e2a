import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEmulator, text } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'

const rows = ['a', 'b'].map((key) => ({
  key,
  params: {
    model: 'claude-haiku-4-5',
    max_tokens: 50,
    messages: [{ role: 'user', content: `Which letter is ${key}?` }],
  },
}))

test('rows whose answer to the sending was lost come back and are paid once', async (t) => {
  const claude = await startEmulator({ seed: 7 })
  t.after(() => claude.stop())
  claude.reply(({ customId }) => (customId === undefined ? undefined : text('a letter')))
  claude.fault('create', { loseResponse: true, times: 1 })

  const half = await openHalfrate({ store: ':memory:', emulator: claude })
  const job = await half.run('letters', rows)
  await claude.clock.advance('2h')
  const results = []
  for await (const result of job.results()) results.push(`${result.key} ${result.text}`)
  await half.close()

  assert.deepEqual(results.sort(), ['a a letter', 'b a letter'])
  assert.equal(claude.ledger.billed().length, 2)
})
