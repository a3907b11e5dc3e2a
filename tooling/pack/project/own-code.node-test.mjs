import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { instrument, jsonlSink, withFeature } from '@halfrate/client'
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

test('a call in real time is recorded beside it, with what it cost', async (t) => {
  const claude = await startEmulator({ seed: 7 })
  t.after(() => claude.stop())
  const sink = jsonlSink('usage.jsonl')
  const bare = new Anthropic({ apiKey: 'any', baseURL: claude.url })
  const client = instrument(bare, { awaited: false, sink })
  const message = await withFeature('letters', () => client.messages.create(rows[0].params))
  await sink.close()

  assert.equal(message.type, 'message')
  const call = JSON.parse(readFileSync('usage.jsonl', 'utf8'))
  assert.equal(call.feature, 'letters')
  assert.equal(call.cost_usd, claude.ledger.billed()[0].costUsd)
})
