import type { WorkerId } from '@halfrate/core'
import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answersTo, openAt, rowsOf, startClaude, textsOf } from './open-jobs.js'

let server: RunningPostgres

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.stop())

test('two workers that run the same job on one database both get every row, and it is paid once', async () => {
  await using claude = await startClaude()
  const store = `${server.url}?schema=jobs_test`
  await using one = await openAt(claude, { store, workerId: 'one:1:1' as WorkerId })
  await using two = await openAt(claude, { store, workerId: 'two:1:1' as WorkerId })
  const rows = rowsOf(300)
  const results = [one, two].map(async (half) => {
    const job = await half.run('nightly', rows)
    return await textsOf(job.results())
  })
  expect(await Promise.all(results)).toEqual([answersTo(rows), answersTo(rows)])
  expect(claude.ledger.billed()).toHaveLength(300)
  await Promise.all([one.stop({ graceMs: 10_000 }), two.stop({ graceMs: 10_000 })])
})
