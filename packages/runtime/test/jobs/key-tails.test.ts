import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAt, rowOf, startClaude, textsOf } from './open-jobs.js'

const AT_ONCE = { count: 100, bytes: 1_000_000, ageMs: 0 }
let server: RunningPostgres
let client: pg.Client

beforeAll(async () => {
  server = await startPostgres()
  client = new pg.Client({ connectionString: server.url })
  await client.connect()
})

afterAll(async () => {
  await client?.end()
  await server?.stop()
})

test('every way into a queue with key tails makes ids that end in keys: a job, a call, a transaction, the inbox', async () => {
  await using claude = await startClaude()
  await using half = await openAt(claude, { store: server.url })
  const claims = half.queue('claims', { keyTails: true, flush: AT_ONCE })
  const others = half.queue('others', { flush: AT_ONCE })
  const handed: string[] = []
  const all = new Promise<void>((resolve) => {
    for (const queue of [claims, others]) {
      queue.onResult(({ key }) => {
        handed.push(`${queue.name} ${key}`)
        if (handed.length === 5) resolve()
      })
    }
  })
  await claims.enqueue(rowOf('called', 'a call'))
  await client.query('BEGIN')
  await claims.enqueue(rowOf('with tx', 'a transaction'), { tx: client })
  await client.query('COMMIT')
  const insert = 'INSERT INTO halfrate.halfrate_inbox (queue, key, params) VALUES ($1, $2, $3)'
  for (const queue of ['claims', 'others']) {
    await client.query(insert, [queue, 'inserted', JSON.stringify(rowOf('', 'hello').params)])
  }
  const job = await half.run('nightly', [rowOf('row-1', 'a row')], { queue: claims })
  expect(await textsOf(job.results())).toEqual({ 'row-1': 'answer to a row' })
  await all
  const ids = claude.ledger.billed().map(({ customId }) => customId ?? '')
  expect(ids.map((id) => id.slice(42)).sort()).toEqual([
    '',
    '-called',
    '-inserted',
    '-row-1',
    expect.stringMatching(/^_[0-9a-f]{8}with_tx$/),
  ])
})
