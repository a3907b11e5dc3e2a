import Anthropic from '@anthropic-ai/sdk'
import { startEmulator, text } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { collectVerdicts, sendReviews } from './sort-reviews.ts'

const REVIEWS = [
  { id: 'r1', text: 'Great roof. No leaks so far.' },
  { id: 'r2', text: 'Buy cheap watches at my page!' },
]

test('reviews are sorted once their batch has ended, and paid once', async () => {
  await using claude = await startEmulator({ seed: 7 })
  claude.reply(({ params }) =>
    text(JSON.stringify(params.messages).includes('cheap watches') ? 'spam' : 'ham'),
  )
  const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })

  const batchId = await sendReviews(client, REVIEWS)
  expect(await collectVerdicts(client, batchId)).toBeNull()

  await claude.clock.advance('2h')
  expect(await collectVerdicts(client, batchId)).toEqual(
    new Map([
      ['r1', 'ham'],
      ['r2', 'spam'],
    ]),
  )
  expect(claude.ledger.billed()).toMatchObject([{ customId: 'r1' }, { customId: 'r2' }])
})

test('a lost answer is not sent again blindly', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })
  claude.fault('create', { loseResponse: true, times: 1 })

  await expect(sendReviews(client, REVIEWS)).rejects.toThrow(Anthropic.APIConnectionError)
  // The provider took it all the same. With the SDK's own two retries it would have been two batches.
  expect(claude.ledger.accepted()).toHaveLength(1)
})

test('what did not succeed, was cut off or makes no sense goes to a human', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })
  claude.reply('I would rather not say, for this is a long story that does not end in one word.')
  claude.fault('row', { outcome: 'errored', error: 'overloaded_error', times: 1 })

  const batchId = await sendReviews(client, REVIEWS)
  await claude.clock.advance('2h')
  const verdicts = await collectVerdicts(client, batchId)
  expect(new Set(verdicts?.values())).toEqual(new Set(['ask a human']))
  expect(claude.ledger.billed()).toHaveLength(1)
})

test('results that break off are not taken for all of them', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })
  claude.fault('results', { cut: 'line_end', cutAfterLines: 1, times: 1 })

  const batchId = await sendReviews(client, REVIEWS)
  await claude.clock.advance('2h')
  await expect(collectVerdicts(client, batchId)).rejects.toThrow('got 1 of 2 results')
  expect((await collectVerdicts(client, batchId))?.size).toBe(2)
})
