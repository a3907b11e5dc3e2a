import Anthropic from '@anthropic-ai/sdk'
import { instrument } from '@halfrate/client'
import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, test, vi } from 'vitest'
import { Support } from './support.js'

test('customers are answered at once, and what it was about comes in the morning at half the price', async () => {
  // Ten at night in New York, where half past one is 06:30 UTC.
  await using claude = await startEmulator({
    ...{ seed: 7, clock: { start: Date.parse('2026-11-22T03:00:00Z') } },
  })
  claude.reply(({ params }) =>
    JSON.stringify(params.messages).includes('What was this')
      ? '{"topic":"parcel is late","isSolved":true}'
      : 'It comes tomorrow.',
  )
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const records: unknown[] = []
  const client = instrument(new Anthropic({ baseURL: claude.url, apiKey: 'any' }), {
    sink: (record) => void records.push(record),
  })
  const support = new Support(client, half)

  expect(await support.answer('c1', 'Where is my parcel?')).toBe('It comes tomorrow.')
  expect(await support.answer('c1', 'Thank you!')).toBe('It comes tomorrow.')
  await support.end('c1')
  await half.start()
  await claude.clock.advance('3h')
  expect(claude.ledger.posts()).toHaveLength(0)
  await claude.clock.advance('2h')
  await vi.waitFor(() =>
    expect(support.reviews).toEqual(new Map([['c1', { topic: 'parcel is late', isSolved: true }]])),
  )
  expect(records).toHaveLength(2)
  const routes = claude.ledger.billed().map(({ route }) => route)
  expect(routes.sort()).toEqual(['batch', 'realtime', 'realtime'])
})
