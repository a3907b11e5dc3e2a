import { DEFAULT_PROJECT, RUN_QUEUE } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { openHalfrate, readAnswerHistories } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { rememberJob } from '../../src/run/known-jobs.js'
import { learnFromKnown } from '../../src/run/learn-from-known.js'

test('a run learns from jobs that ended after their run was gone, each once', async () => {
  await using claude = await startEmulator({
    clock: { factor: 600 },
    turnaroundMs: [60_000, 60_000],
  })
  const { url: baseUrl, startLine } = claude
  await using half = await openHalfrate({ store: ':memory:', baseUrl, clock: startLine.clock })
  const { store } = half
  const messages = [{ role: 'user', content: 'sort this' }]
  const params = { model: 'claude-haiku-4-5', max_tokens: 300, messages }
  const learned = async (): Promise<readonly string[]> => {
    const of = { project: DEFAULT_PROJECT, queue: RUN_QUEUE }
    return [...(await readAnswerHistories(store, of)).values()].flatMap(({ jobs }) => jobs)
  }

  for (const name of ['first', 'second']) {
    const job = await half.run(name, [{ key: name, params }])
    await rememberJob(store, name)
    // Nobody waits by `job.wait()`, which learns by itself.
    for await (const { status } of job.results()) expect(status).toBe('succeeded')
  }
  expect(await learned()).toEqual([])
  await learnFromKnown(store)
  const ids = await Promise.all(
    ['second', 'first'].map((name) => store.findJob({ project: DEFAULT_PROJECT, name })),
  )
  expect(await learned()).toEqual(ids.map((job) => String(job?.id)))
  await learnFromKnown(store)
  expect(await learned()).toHaveLength(2)
})
