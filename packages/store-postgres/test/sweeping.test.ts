import { anIntakeRow } from '@halfrate/conformance'
import { StoreUnavailableError, type WorkerId } from '@halfrate/core'
import { afterEach, expect, test } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../src/index.js'
import { account, project, queue } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const DAY_MS = 86_400_000
let store: PostgresStore | null = null

afterEach(async () => {
  await store?.shutdown()
  store = null
})

test('a table that somebody locks holds up one chore of a sweep and none of the others', async () => {
  const schema = database.schema()
  let now = 1_800_000_000_000
  // So short that the chore gives up soon, and only where there is a lock: a busy machine doesn't end the others.
  const impatient = { lockTimeoutMs: 20 }
  const open = await openPostgresStore({ url: database.url, schema, now: () => now, ...impatient })
  store = open
  const place = { project, account, queue, onConflict: 'report' } as const
  const abandoned = await open.openJob({ project, queue, name: 'abandoned' })
  const part = { id: abandoned.id, part: abandoned.openPart, fill: abandoned.fill }
  await open.putRequests({ ...place, job: part, rows: [anIntakeRow({ key: 'a', row: 1 })] })
  now += DAY_MS + 1
  const job = await open.openJob({ project, queue, name: 'done' })
  const commit = { id: job.id, part: job.openPart, fill: job.fill }
  await open.commitJob({ ...commit, newRows: 0, rowCount: 0, sourceDigest: null })
  await open.putRequests({ ...place, job: null, rows: [anIntakeRow({ key: 'b' })] })
  const workerId = 'w' as WorkerId
  await open.claim({ work: { type: 'queues' }, workerId, leaseMs: 1_000, limit: 1 })
  now += 1_000
  await withClient(database.url, async (other) => {
    await other.query(`SET search_path = ${schema}`)
    await other.query(`BEGIN; LOCK TABLE bodies, superseded`)
    const swept = await open.sweep()
    expect(swept.jobsDone).toEqual([job.id])
    const error = expect.any(StoreUnavailableError) as unknown
    expect(swept.failed).toEqual([
      { chore: 'superseded requests', error },
      { chore: 'parts that nobody goes on with', error },
    ])
    await other.query('ROLLBACK')
    const held = await other.query('SELECT 1 FROM leases WHERE worker_id IS NOT NULL')
    expect(held.rowCount).toBe(0)
  })
  expect((await open.sweep()).failed).toEqual([])
  expect(await open.findJob({ project, name: 'abandoned' })).toBeNull()
})
