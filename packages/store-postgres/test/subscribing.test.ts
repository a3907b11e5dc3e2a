import { subscriptionSetting } from '@halfrate/core'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { openPostgresStore } from '../src/index.js'
import { endedBatch, project, queue, successes } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()

const WAITS = `SELECT 1 FROM pg_locks WHERE relation = $1::regclass AND NOT granted`
const ROUND_TRIPS = 50

async function until(client: pg.Client, sql: string, ...values: string[]): Promise<void> {
  while ((await client.query(sql, values)).rows.length === 0);
}

test('a subscription that is written while a page is booked is there when that page is done', async () => {
  const schema = database.schema()
  await using opened = {
    store: await openPostgresStore({ url: database.url, schema, poolSize: 3 }),
    [Symbol.asyncDispose]: () => opened.store.shutdown(),
  }
  const { store } = opened
  const { submission, ids } = await endedBatch(store, 1, 3)
  await withClient(database.url, async (client) => {
    await client.query(`BEGIN; LOCK TABLE ${schema}.results IN SHARE MODE`)
    const lines = successes(ids)
    const settled = store.settle({ submissionId: submission.id, addMissing: false, lines })
    await until(client, WAITS, `${schema}.results`)
    const value = { since: 0 }
    const subscribed = store
      .putSetting({ ...subscriptionSetting(project, queue), value, ifVersion: null })
      .then(() =>
        store.listRequests({ scope: { project, queue }, states: ['done'], afterId: 0, limit: 10 }),
      )
    await until(client, `SELECT 1 FROM ${schema}.settings WHERE scope = 'subscriptions'`)
    for (let count = 0; count < ROUND_TRIPS; count += 1) await client.query('SELECT 1')
    await client.query('COMMIT')
    await settled
    expect((await subscribed).map(({ id }) => id)).toEqual(ids)
  })
})
