import { pauseSettings, type SettingName } from '@halfrate/core'
import { budgetSetting } from '@halfrate/core/budgets'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { openPostgresStore } from '../src/index.js'
import { account, endedBatch, project, queue } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const ROUND_TRIPS = 50

async function until(client: pg.Client, sql: string, ...values: string[]): Promise<void> {
  while ((await client.query(sql, values)).rows.length === 0);
}

const SETTINGS: readonly (readonly [string, SettingName])[] = [
  ...Object.entries(pauseSettings({ account, project, queue })).map(
    ([of, name]) => [`pause of the ${of}`, name] as const,
  ),
  ['budget of the account', budgetSetting({ type: 'account', account })],
  ['budget of the queue', budgetSetting({ type: 'queue', project, queue })],
]

test.each(SETTINGS)(
  'a %s is not there for whoever writes it before a step is over that read what stood before',
  async (_, setting) => {
    const schema = database.schema()
    await using opened = {
      store: await openPostgresStore({ url: database.url, schema, poolSize: 3 }),
      [Symbol.asyncDispose]: () => opened.store.shutdown(),
    }
    const { store } = opened
    const { submission } = await endedBatch(store, 1, 1)
    await withClient(database.url, async (client) => {
      // As a send does that begins: it holds its submission, and has read the settings.
      await client.query('BEGIN')
      await client.query(`SELECT 1 FROM ${schema}.submissions WHERE id = $1 FOR UPDATE`, [
        submission.id,
      ])
      let isWritten = false
      const writing = store
        .putSetting({ ...setting, value: null, ifVersion: null })
        .then(() => (isWritten = true))
      const found = `SELECT 1 FROM ${schema}.settings WHERE scope = $1 AND name = $2`
      await until(client, found, setting.scope, setting.name)
      for (let count = 0; count < ROUND_TRIPS; count += 1) await client.query('SELECT 1')
      expect(isWritten).toBe(false)
      await client.query('COMMIT')
      await writing
    })
  },
)
