import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { startEmulator } from '@halfrate/emulator'
import { collectVerdicts, sendReviews } from './sort-reviews.ts'

// Node 22 knows no `await using`; from Node 24 on it does the same as this.
test('reviews are sorted once their batch has ended', async (t) => {
  const claude = await startEmulator({ seed: 7 })
  t.after(() => claude.stop())
  claude.reply('ham')
  const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })

  const batchId = await sendReviews(client, [{ id: 'r1', text: 'Great roof.' }])
  equal(await collectVerdicts(client, batchId), null)

  await claude.clock.advance('2h')
  deepEqual(await collectVerdicts(client, batchId), new Map([['r1', 'ham']]))
  equal(claude.ledger.billed()[0]?.costUsd, '0.0000105')
})
