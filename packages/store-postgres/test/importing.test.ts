import {
  aLook,
  aNonce,
  anEndedBatch,
  anIntakeRow,
  aSuccess,
  SUCCEEDED,
  violationsOf,
} from '@halfrate/conformance'
import type { ImportedLine, RemoteId, RequestId } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openPostgresStore } from '../src/index.js'
import {
  account,
  openBatch,
  project,
  putMany,
  queue,
  queueFence,
  submissionFence,
} from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const ALMOST_ONE = 0.999

// This file has the database to itself. Asked outside of a transaction, in which the answer would stay the same.
const WAITING = `SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock'`

function waiting(): Promise<number> {
  return withClient(database.url, async (client) => {
    return (await client.query<{ count: number }>(WAITING)).rows[0]?.count ?? 0
  })
}

function lineOf(id: RequestId): ImportedLine {
  const row = anIntakeRow({ key: 'row 0' })
  return { ...aSuccess(id), key: row.key, keyHash: row.keyHash, model: row.model, end: SUCCEEDED }
}

test('a request that a batch from elsewhere ends leaves its submission before that is being sent, or not at all', async () => {
  const schema = database.schema()
  let tries = 0
  const random = (): number => {
    tries += 1
    return ALMOST_ONE
  }
  await using opened = {
    store: await openPostgresStore({ url: database.url, schema, random }),
    [Symbol.asyncDispose]: () => opened.store.shutdown(),
  }
  const { store } = opened
  const ids = await putMany(store, 'row', 2)
  const fence = await queueFence(store)
  const { id: submissionId } = await openBatch(store, fence, 1)
  const members = ids.map((requestId) => ({ requestId, holdNano: null }))
  await store.addMembers({ fence, submissionId, members })
  const own = await submissionFence(store, await store.sealSubmission({ fence, submissionId }))
  const { lane } = anIntakeRow({ key: '' })
  const batch = anEndedBatch({ succeeded: 1 }, { id: 'msgbatch_elsewhere' as RemoteId })
  await withClient(database.url, async (client) => {
    // The send has its submission, and waits for its lease.
    const lease = `SELECT 1 FROM ${schema}.leases WHERE resource = $1 FOR UPDATE`
    await client.query('BEGIN')
    await client.query(lease, [own.resource])
    const begun = store.beginSend({ fence: own, submissionId, look: aLook(), sendMs: 60_000 })
    while ((await waiting()) < 1);
    const imported = store.importSubmission({
      ...{ account, batch, nonce: aNonce(900), look: aLook(), firstRequestId: null },
      home: { project, queue, job: 'taken in', lane },
      lines: [lineOf(ids[0] as RequestId)],
    })
    while (tries === 0 && (await waiting()) < 2);
    await client.query('ROLLBACK')
    expect(await begun).toMatchObject({ type: 'sending', submission: { requestCount: 2 } })
    expect(await imported).toMatchObject({ fresh: 1, done: 1 })
  })
  expect(await store.getSubmission({ submissionId })).toMatchObject({ requestCount: 2 })
  const sent = await store.readMembers({ submissionId, after: -1, limit: 10 })
  expect(sent.map(({ requestId }) => requestId)).toEqual(ids)
  expect(await violationsOf(store)).toEqual([])
})
