import type { WorkerId } from '@halfrate/core'
import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deferred } from '../../src/index.js'
import { openAt, startClaude } from '../jobs/open-jobs.js'

let server: RunningPostgres

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.stop())

const WORDS = Array.from({ length: 300 }, (_, index) => `row ${index}`)

test('two programs that defer the same calls beside a worker of its own both get all, paid once', async () => {
  await using claude = await startClaude()
  const store = `${server.url}?schema=deferred_test`
  await using one = await openAt(claude, { store, workerId: 'one:1:1' as WorkerId })
  await using two = await openAt(claude, { store, workerId: 'two:1:1' as WorkerId })
  await using worker = await openAt(claude, { store, workerId: 'worker:1:1' as WorkerId })
  const texts = [one, two].map(async (half) => {
    const client = deferred(half, { start: false })
    const asked = WORDS.map(async (content) => {
      const messages = [{ role: 'user' as const, content }]
      const params = { model: 'claude-haiku-4-5', max_tokens: 300, messages }
      const [block] = (await client.messages.create(params)).content
      return block?.type === 'text' ? block.text : null
    })
    return await Promise.all(asked)
  })
  await worker.start()
  const answers = WORDS.map((word) => `answer to ${word}`)
  expect(await Promise.all(texts)).toEqual([answers, answers])
  expect(claude.ledger.billed()).toHaveLength(WORDS.length)
  await worker.stop({ graceMs: 10_000 })
})
