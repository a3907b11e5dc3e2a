import type { QueueName } from '@halfrate/core'
import type { NewRequest } from '@halfrate/core/intake'
import { describe, expect, test } from 'vitest'
import { openAt, rowsOf, startClaude } from './open-jobs.js'

const RUN = 'run' as QueueName
const HOUR_MS = 3_600_000

/** Rows that share instructions of so many characters, and ask to have them cached for an hour. */
function sharingRows(count: number, characters = 9_000): NewRequest[] {
  const control = { type: 'ephemeral', ttl: '1h' }
  const system = [{ type: 'text', text: 'x'.repeat(characters), cache_control: control }]
  return rowsOf(count).map((row) => ({
    ...row,
    params: { ...row.params, model: 'claude-opus-5', system },
  }))
}

describe('a job whose rows share what is to be cached', () => {
  test('sends one of them first, and all others when that is back', async () => {
    await using claude = await startClaude()
    const queuePolicy = { primerWaitMs: 2 * HOUR_MS }
    await using half = await openAt(claude, { queue: RUN, queuePolicy })
    const job = await half.run('one', sharingRows(7))
    await job.wait()
    expect(claude.ledger.posts().map(({ count }) => count)).toEqual([1, 6])
    const { primer } = await job.report()
    expect(primer).toMatchObject({
      ...{ state: 'written', reason: 'written', size: 1, sharingRows: 7, until: null },
    })
    expect(Number(primer?.savingUsd)).toBeGreaterThan(0)
  })

  test('has what it read from the cache beside what was expected of it', async () => {
    // The cache lives for an hour, which is a real minute here.
    const slow = { clock: { factor: 60 }, cacheHitRate: 1 }
    await using claude = await startClaude(slow)
    const queuePolicy = { primerWaitMs: 2 * HOUR_MS }
    await using half = await openAt(claude, { queue: RUN, queuePolicy })
    const job = await half.run('one', sharingRows(7))
    await job.wait()
    const { caches } = await half.costs({ job: 'one' })
    const { writtenTokens = 0, readTokens, predictedReadTokens } = caches ?? {}
    expect(writtenTokens).toBeGreaterThan(512)
    expect(readTokens).toBe(6 * writtenTokens)
    expect(predictedReadTokens?.low).toBeLessThan(6 * writtenTokens)
    // Six reads save nine tenths of a prefix each, and one write costs another one: 4.4 prefixes at $2.50 a million.
    expect(Number(caches?.savedUsd)).toBeCloseTo((4.4 * writtenTokens * 2.5) / 1e6, 6)
    expect((await half.costs({ job: 'other' })).caches).toBeNull()
  })

  test('sends all at once where that saves nothing, and says why', async () => {
    await using claude = await startClaude()
    const queuePolicy = { primerWaitMs: 2 * HOUR_MS }
    await using half = await openAt(claude, { queue: RUN, queuePolicy })
    const job = await half.run('one', sharingRows(7, 100))
    await job.wait()
    expect(claude.ledger.posts().map(({ count }) => count)).toEqual([7])
    expect((await job.report()).primer).toMatchObject({
      state: 'cold',
      reason: 'too_short',
      size: 0,
    })
  })

  test('sends all at once where its queue asks for nothing else', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude, { queue: RUN })
    const job = await half.run('one', sharingRows(7))
    await job.wait()
    expect(claude.ledger.posts().map(({ count }) => count)).toEqual([7])
    expect((await job.report()).primer).toBeNull()
  })
})
