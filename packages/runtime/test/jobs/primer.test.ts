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
