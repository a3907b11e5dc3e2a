import { join } from 'node:path'
import { DEFAULT_PROJECT, type JobId, type QueueName } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { exportRows, pagesOfJob } from '../../src/output/export-rows.js'
import { plainRows } from '../../src/output/row-lines.js'
import { withPolicies } from '../../src/output/with-policies.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const OTHER = 'claude-opus-4-8'
const decoder = new TextDecoder()

const rowOf = (key: string) => ({
  key,
  params: {
    model: 'claude-haiku-4-5',
    max_tokens: 300,
    messages: [{ role: 'user' as const, content: key }],
  },
})

test('a row names the policy of the attempt that it ended with, and none for a first one', async () => {
  await using claude = await startEmulator({ seed: 7, clock: { factor: 600 } })
  claude.reply(({ params }) => {
    const [first] = params.messages as { readonly content: string }[]
    const isRefused = first?.content === 'b' && params.model !== OTHER
    return isRefused ? { content: [], stop_reason: 'refusal' } : 'well'
  })
  await using half = await openHalfrate({
    ...{ store: join(temporaryFolder(), 'halfrate.db'), baseUrl: claude.url },
    ...{ clock: claude.startLine.clock, queue: 'run' as QueueName },
    queuePolicy: { askRefusedOf: OTHER },
  })
  const job = await half.run('one', [rowOf('a'), rowOf('b')])
  for await (const _ of job.results());
  const { store } = half
  const page = { scope: { project: DEFAULT_PROJECT }, states: null, afterId: 0, limit: 1 }
  const jobId = (await store.listRequests(page))[0]?.jobId as JobId
  const written: Record<string, unknown>[] = []
  const writer = {
    write: async (line: Uint8Array) => void written.push(JSON.parse(decoder.decode(line))),
    finish: async () => undefined,
    abandon: async () => undefined,
  }
  const pages = withPolicies(store, pagesOfJob(store, jobId))
  await exportRows({ pages, lines: plainRows('halfrate'), writer })
  expect(written.map(({ key, attempts, policy }) => [key, attempts, policy])).toEqual([
    ['a', 1, null],
    ['b', 2, 'refused_other_model'],
  ])
})
