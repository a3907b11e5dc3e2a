import { createRequire } from 'node:module'
import type { SubmissionId } from '@halfrate/core'
import {
  costAttemptsQuery,
  costSubmissionsQuery,
  looseRequestsQuery,
  sqliteQueries,
  unpricedAttemptsQuery,
} from '@halfrate/store-sql'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor

function stepsOf(
  path: string,
  { sql, parameters }: Pick<ReturnType<typeof looseRequestsQuery>, 'sql' | 'parameters'>,
): readonly string[] {
  const database = new Driver(path, { readonly: true })
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as {
    readonly detail: string
  }[]
  database.close()
  return plan.map(({ detail }) => detail)
}

test('the answers of a queue are found without a look at other work of the store', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const queue = { projectId: 1, queueId: 2 }
  const page = { afterId: 5, doneFrom: 10, limit: 20 }
  const steps = stepsOf(path, looseRequestsQuery(sqliteQueries, queue, page))
  expect(steps[0]).toBe('SEARCH r USING INDEX requests_loose (queue_id=? AND id>?)')
  expect(steps.filter((step) => /SCAN|TEMP B-TREE/.test(step))).toEqual([])
})

test('answers without a price are looked for along the ids of requests, from where the page before ended', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const page = { afterId: 5, afterNumber: 1, limit: 20 }
  const steps = stepsOf(path, unpricedAttemptsQuery(sqliteQueries, 1, page))
  expect(steps[0]).toBe('SEARCH p USING INTEGER PRIMARY KEY (rowid>?)')
  expect(steps[1]).toMatch(/^SEARCH a USING INDEX attempts_request/)
  expect(steps.filter((step) => step.startsWith('SCAN'))).toEqual([])
})

test('costs are read along the keys of batches and attempts, without a sort', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const database = new Driver(path, { readonly: true })
  const planOf = ({ sql, parameters }: { sql: string; parameters: readonly unknown[] }) =>
    (
      database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as {
        readonly detail: string
      }[]
    ).map(({ detail }) => detail)
  const ids = [1, 2] as SubmissionId[]
  const places = { from: 0, to: 10, next: null }
  const plans = [
    planOf(costSubmissionsQuery(sqliteQueries, { projectId: 1, from: 0, to: 9, after: null })),
    planOf(costAttemptsQuery(sqliteQueries, { ...places, submissionIds: ids })),
    planOf(costAttemptsQuery(sqliteQueries, { ...places, submissionIds: ids.slice(1) })),
  ]
  database.close()
  expect(plans[0]).toEqual(['SEARCH s USING INTEGER PRIMARY KEY (rowid>?)'])
  expect(plans[1]?.[0]).toBe('SEARCH a USING PRIMARY KEY (submission_id=?)')
  expect(plans[2]?.[0]).toBe(
    'SEARCH a USING PRIMARY KEY (submission_id=? AND ordinal>? AND ordinal<?)',
  )
  const others = plans.flat().filter((step) => /SCAN|TEMP B-TREE/.test(step))
  expect(others.filter((step) => !step.includes('json_each'))).toEqual([])
})
