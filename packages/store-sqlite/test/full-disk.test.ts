import { createRequire } from 'node:module'
import { anIntakeRow, violationsOf } from '@halfrate/conformance'
import type { AccountId, ProjectId, QueueName } from '@halfrate/core'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Connection } from '../src/database/connection.js'
import { migrate } from '../src/database/migrate.js'
import { Names } from '../src/database/names.js'
import { EndedRequests } from '../src/ended-requests.js'
import { LoopTurns } from '../src/loop-turns.js'
import { SqliteStore } from '../src/sqlite-store.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
  job: null,
  onConflict: 'report',
} as const

// A database that may not grow answers as one on a full disk does.
test('a full disk refuses a page whole, and the store goes on when there is room', async () => {
  const path = temporaryPath()
  const database = new Driver(path)
  const db = new Connection(database, path)
  migrate(db, { path, now: () => 1 })
  const session = {
    db,
    reader: db,
    names: new Names(db),
    ended: new EndedRequests(),
    now: () => 1,
    pageLimit: 100,
  }
  const store = new SqliteStore(session, new LoopTurns({ everyMs: Infinity, monotonicMs: () => 0 }))
  const rows = Array.from({ length: 100 }, (_, index) => anIntakeRow({ key: `k${index}` }))
  const pages = Number(database.pragma('page_count', { simple: true }))
  database.pragma(`max_page_count = ${pages}`)
  await expect(store.putRequests({ ...place, rows })).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('full'),
    nextStep: expect.stringContaining('Make room'),
  })
  expect(await store.report({ scope: { project: place.project } })).toMatchObject({
    counts: { total: 0 },
  })
  database.pragma('max_page_count = 1073741823')
  const answers = await store.putRequests({ ...place, rows })
  expect(answers.map((answer) => answer.type)).toEqual(rows.map(() => 'new'))
  expect(await violationsOf(store)).toEqual([])
  await store.shutdown()
})
