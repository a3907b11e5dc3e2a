import { createRequire } from 'node:module'
import { anIntakeRow } from '@halfrate/conformance'
import {
  type AccountId,
  InvariantError,
  type ProjectId,
  type QueueName,
  type WorkerId,
} from '@halfrate/core'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
const project = 'acme' as ProjectId
const queue = 'nightly' as QueueName
const DAY_MS = 86_400_000

test('what stops one chore of a sweep stops none of the others', async () => {
  const path = temporaryPath()
  let now = 1_800_000_000_000
  const store = await openSqliteStore({ path, now: () => now })
  const place = { project, account: 'main' as AccountId, queue, onConflict: 'report' } as const
  const abandoned = await store.openJob({ project, queue, name: 'abandoned' })
  const part = { id: abandoned.id, part: abandoned.openPart, fill: abandoned.fill }
  await store.putRequests({ ...place, job: part, rows: [anIntakeRow({ key: 'a', row: 1 })] })
  now += DAY_MS + 1
  const job = await store.openJob({ project, queue, name: 'done' })
  const commit = { id: job.id, part: job.openPart, fill: job.fill }
  await store.commitJob({ ...commit, newRows: 0, rowCount: 0, sourceDigest: null })
  await store.putRequests({ ...place, job: null, rows: [anIntakeRow({ key: 'b' })] })
  const workerId = 'w' as WorkerId
  await store.claim({ work: { type: 'queues' }, workerId, leaseMs: 1_000, limit: 1 })
  now += 1_000
  const other = new Driver(path)
  other.exec(`CREATE TRIGGER broken BEFORE DELETE ON bodies
    BEGIN SELECT RAISE(ABORT, 'this body stays'); END`)
  const swept = await store.sweep()
  expect(swept.jobsDone).toEqual([job.id])
  expect(swept.failed).toEqual([
    { chore: 'parts that nobody goes on with', error: expect.any(InvariantError) as unknown },
  ])
  const held = other.prepare('SELECT count(*) FROM leases WHERE worker_id IS NOT NULL').pluck()
  expect(held.get()).toBe(0)
  other.exec('DROP TRIGGER broken')
  other.close()
  expect((await store.sweep()).failed).toEqual([])
  expect(await store.findJob({ project, name: 'abandoned' })).toBeNull()
  await store.shutdown()
})
