import { createRequire } from 'node:module'
import { looseRequestsQuery, sqliteQueries } from '@halfrate/store-sql'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor

test('the answers of a queue are found without a look at other work of the store', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const queue = { projectId: 1, queueId: 2 }
  const page = { afterId: 5, doneFrom: 10, limit: 20 }
  const { sql, parameters } = looseRequestsQuery(sqliteQueries, queue, page)
  const database = new Driver(path, { readonly: true })
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as {
    readonly detail: string
  }[]
  database.close()
  const steps = plan.map(({ detail }) => detail)
  expect(steps[0]).toBe('SEARCH r USING INDEX requests_loose (queue_id=? AND id>?)')
  expect(steps.filter((step) => /SCAN|TEMP B-TREE/.test(step))).toEqual([])
})
