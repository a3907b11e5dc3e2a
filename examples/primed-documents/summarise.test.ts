import { type Emulator, startEmulator } from '@halfrate/emulator'
import { openHalfrate } from 'halfrate'
import { expect, test } from 'vitest'
import { openSummaries, type Summaries, summarise } from './summarise.js'

const DOCUMENTS = Array.from({ length: 12 }, (_, index) => ({
  id: `d${index + 1}`,
  text: `Letter ${index + 1}.`,
}))

async function startClaude(): Promise<Emulator> {
  // The cache lives for an hour, which is a real minute here: ample for a batch of one that takes a second.
  const claude = await startEmulator({
    ...{ seed: 7, clock: { factor: 60 }, turnaroundMs: [60_000, 60_000] },
    cacheHitRate: 1,
  })
  claude.reply(({ params }) => {
    const [first] = params.messages as { readonly content: string }[]
    return `about ${first?.content}`
  })
  return claude
}

async function summariesBy(claude: Emulator, instructions: string): Promise<Summaries> {
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const queue = openSummaries(half)
  return await summarise(half, queue, 'letters', { instructions, documents: DOCUMENTS })
}

test('one document goes first and writes the instructions, and all others read them', async () => {
  await using claude = await startClaude()
  const all = await summariesBy(claude, 'Say what the letter asks for. '.repeat(150))
  expect(all.byId.get('d7')).toBe('about Letter 7.')
  expect(all.byId.size).toBe(12)
  expect(claude.ledger.posts().map(({ count }) => count)).toEqual([1, 11])
  expect(all.primer).toBe('written')
  expect(all.writtenTokens).toBeGreaterThan(512)
  expect(all.readTokens).toBe(11 * all.writtenTokens)
})

test('short instructions, which are never cached, wait for nothing', async () => {
  await using claude = await startClaude()
  const all = await summariesBy(claude, 'Be short.')
  expect(claude.ledger.posts().map(({ count }) => count)).toEqual([12])
  expect(all).toMatchObject({ primer: 'none', readTokens: 0, writtenTokens: 0 })
})
