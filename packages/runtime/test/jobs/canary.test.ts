import type { QueueName } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { CanaryStoppedError, type Halfrate } from '../../src/index.js'
import { answersTo, openAt, rowsOf, startClaude, textsOf } from './open-jobs.js'

const RUN = 'run' as QueueName
const CUT_OFF = { content: [{ type: 'text', text: 'so' }], stop_reason: 'max_tokens' } as const

type Claude = Awaited<ReturnType<typeof startClaude>>

async function opened(claude: Claude): Promise<Halfrate> {
  return await openAt(claude, { queue: RUN, queuePolicy: { canary: 2 } })
}

const sizesOf = (claude: Claude): readonly number[] =>
  claude.ledger.posts().map(({ count }) => count)

describe('a job in a queue with a canary', () => {
  test('sends its first rows alone, and all others once these are good', async () => {
    await using claude = await startClaude()
    await using half = await opened(claude)
    const rows = rowsOf(7)
    const job = await half.run('one', rows)
    expect(await textsOf(job.results())).toEqual(answersTo(rows))
    expect(sizesOf(claude)).toEqual([2, 5])
    expect((await job.report()).canary).toBeNull()
  })

  test('gives what is there and throws when its first rows are no good; resume() sends the rest', async () => {
    await using claude = await startClaude()
    claude.reply(CUT_OFF)
    await using half = await opened(claude)
    const job = await half.run('one', rowsOf(7))
    const seen: string[] = []
    const reading = async (): Promise<void> => {
      for await (const { status } of job.results()) seen.push(status)
    }
    await expect(reading()).rejects.toBeInstanceOf(CanaryStoppedError)
    expect(seen).toEqual(['failed', 'failed'])
    const finding = { failed: 2, of: 2, alike: 2, reason: 'cut_off' }
    await expect(job.wait()).rejects.toMatchObject({ code: 'canary_stopped', finding })
    expect((await job.report()).canary).toMatchObject({ state: 'stopped', size: 2, finding })
    expect(sizesOf(claude)).toEqual([2])
    expect(await job.resume()).toBe(true)
    expect(await job.resume()).toBe(false)
    await job.wait()
    expect(sizesOf(claude)).toEqual([2, 5])
  })

  test('sends new first rows when those that were no good are replaced', async () => {
    await using claude = await startClaude()
    claude.reply(CUT_OFF)
    await using half = await opened(claude)
    const job = await half.run('one', rowsOf(7))
    await expect(job.wait()).rejects.toBeInstanceOf(CanaryStoppedError)
    claude.reply('better')
    const better = rowsOf(7).map((row) => ({ ...row, params: { ...row.params, max_tokens: 200 } }))
    const again = await half.run('one', better, { onConflict: 'supersede' })
    await again.wait()
    expect(sizesOf(claude)).toEqual([2, 2, 5])
  })
})
