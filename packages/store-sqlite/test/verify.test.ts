import { createRequire } from 'node:module'
import {
  aBlob,
  aLook,
  aNonce,
  anEndedBatch,
  anIntakeRow,
  aRowWithBlobs,
  aSuccess,
  violationsOf,
} from '@halfrate/conformance'
import {
  type AccountId,
  BLOB_PIECE_BYTES,
  type ProjectId,
  type QueueName,
  type WorkerId,
} from '@halfrate/core'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
}

// A store with a waiting request, an assigned one, and a collected batch of two.
async function makeStore(path: string): Promise<void> {
  const store = await openSqliteStore({ path })
  const claim = async (type: 'queues' | 'submissions') => {
    const workerId = 'w' as WorkerId
    const { leases } = await store.claim({ work: { type }, workerId, leaseMs: 60_000, limit: 1 })
    const [lease] = leases
    if (lease === undefined) throw new TypeError(`There are no ${type} to claim.`)
    return lease
  }
  const put = async (...keys: readonly string[]): Promise<void> => {
    const rows = keys.map((key) => anIntakeRow({ key }))
    await store.putRequests({ ...place, job: null, onConflict: 'report', rows })
  }
  const fill = async (nonce: number) => {
    const fence = await claim('queues')
    const { groups } = await store.queueFacts({ ...place, upTo: 10 })
    const [group] = groups
    if (group === undefined) throw new TypeError('Nothing waits.')
    const { lane, batchLimit, maxId } = group
    const opened = await store.openSubmission({
      ...place,
      ...{ fence, lane, batchLimit, nonce: aNonce(nonce), upToId: maxId },
    })
    const waiting = await store.readWaiting({ ...place, lane, batchLimit, maxId, limit: 10 })
    const members = waiting.map(({ id }) => ({ requestId: id, holdNano: null }))
    await store.addMembers({ fence, submissionId: opened.id, members })
    await store.sealSubmission({ fence, submissionId: opened.id })
    return { ...opened, waiting }
  }
  await put('a', 'b')
  const { id: submissionId, nonce, waiting } = await fill(1)
  const fence = await claim('submissions')
  await store.beginSend({ fence, submissionId, look: aLook(), sendMs: 1_000 })
  const batch = anEndedBatch({ succeeded: 2 })
  await store.recordEvidence({
    account: place.account,
    nonce,
    evidence: { type: 'accepted', batch },
  })
  const lines = waiting.map(({ id }) => aSuccess(id))
  await store.settle({ submissionId, addMissing: false, lines })
  await store.closeSubmission({ fence, submissionId })
  await put('c')
  await fill(2)
  await put('d')
  const file = aRowWithBlobs('e', [aBlob(5)])
  await store.putRequests({ ...place, job: null, onConflict: 'report', rows: [file] })
  await store.shutdown()
}

async function violationsAfter(statement: string): Promise<readonly string[]> {
  const path = temporaryPath()
  await makeStore(path)
  const database = new Driver(path)
  database.exec(statement)
  database.close()
  const store = await openSqliteStore({ path })
  const violations = await violationsOf(store)
  await store.shutdown()
  return violations.map(({ invariant }) => invariant)
}

test('a whole store has no violations', async () => {
  expect(await violationsAfter('SELECT 1')).toEqual([])
})

const NEWEST = '(SELECT max(id) FROM requests)'
const FIRST = '(SELECT min(id) FROM requests)'

test.each([
  ['I1', 'a waiting request that is not queued', `DELETE FROM waiting WHERE id = ${NEWEST}`],
  [
    'I1',
    'a queued request that is done',
    `UPDATE progress SET state = 2, verdict = 0, done_at = 1
    WHERE id = ${NEWEST}`,
  ],
  ['I1', 'a queued request in another group', `UPDATE waiting SET batch_limit = 7`],
  ['I1', 'an assigned request without a live attempt', `UPDATE attempts SET released_at = 1`],
  ['I1', 'a request that waits in a submission', `UPDATE progress SET state = 0 WHERE state = 1`],
  ['I1', 'a wrong count of attempts', `UPDATE progress SET attempt_count = 5 WHERE state = 1`],
  ['I1', 'a request without progress', `DELETE FROM progress WHERE id = ${NEWEST}`],
  ['I1', 'a request without a body', `DELETE FROM bodies WHERE id = ${NEWEST}`],
  ['I1', 'a request without its file', 'DELETE FROM blobs'],
  ['I1', 'a request with the file of another project', 'UPDATE blobs SET project_id = 99'],
  ['I1', 'a file without a piece', 'DELETE FROM blob_pieces'],
  ['I1', 'a file with other bytes', "UPDATE blob_pieces SET bytes = x'0102030405'"],
  ['I1', 'a file of no request', 'DELETE FROM body_blobs'],
  ['I1', 'a piece without its file', 'UPDATE blob_pieces SET blob_id = 99'],
  ['I1', 'a mark of a file that is not there', 'UPDATE body_blobs SET blob_id = 99'],
  ['I1', 'a request without its key', `DELETE FROM keys WHERE request_id = ${NEWEST}`],
  [
    'I1',
    'a key without its request',
    `UPDATE keys SET request_id = 1 WHERE request_id = ${NEWEST}`,
  ],
  [
    'I1',
    'a chain that is linked on one side',
    `UPDATE requests SET supersedes_id = ${FIRST}
    WHERE id = ${NEWEST}`,
  ],
  ['I1', 'a submission that miscounts', 'UPDATE submissions SET request_count = request_count + 1'],
  ['I1', 'a submission of wrong size', 'UPDATE submissions SET items_bytes = 1'],
  ['I1', 'a direct booking of an open request', `UPDATE progress SET state = 1 WHERE state = 2`],
  ['I2', 'a withdrawn attempt that is live', 'UPDATE attempts SET withdrawn = 1'],
  [
    'I4',
    'a batch that was sent without an intent',
    `UPDATE submissions SET send_started_at = NULL`,
  ],
  ['I5', 'a batch without the id of the provider', `UPDATE submissions SET remote_id = NULL`],
  [
    'I5',
    'a batch of ours that is marked as foreign',
    `INSERT INTO foreign_batches
    SELECT account_id, remote_id, 1 FROM submissions WHERE remote_id IS NOT NULL`,
  ],
  [
    'I6',
    'a success without its attempt',
    `UPDATE progress SET submission_id = NULL,
    result_id = NULL WHERE state = 2`,
  ],
  [
    'I7',
    'a collected batch with open members',
    `UPDATE progress SET result_id = NULL WHERE state = 2`,
  ],
  [
    'I7',
    'a collected batch that had more rows',
    `UPDATE submissions
    SET counts = json_set(counts, '$.succeeded', 3) WHERE state = 10`,
  ],
  [
    'I7',
    'a collected batch that had fewer rows',
    `UPDATE submissions
    SET counts = json_set(counts, '$.succeeded', 1) WHERE state = 10`,
  ],
  ['I8', 'a lost line', 'DELETE FROM results'],
  [
    'I8',
    'an error that costs money',
    `UPDATE attempts SET outcome = 1, cost_nano = 5, result_id = 1
    WHERE request_id IN (SELECT id FROM progress WHERE state = 1)`,
  ],
  ['I8', 'a cost in batch only', 'UPDATE progress SET realtime_nano = NULL WHERE state = 2'],
  ['I8', 'a cost below nothing', 'UPDATE progress SET cost_nano = -1 WHERE state = 2'],
  [
    'I8',
    'waste without an answer',
    'UPDATE attempts SET waste = 1 WHERE submission_id = (SELECT max(id) FROM submissions)',
  ],
  ['I6', 'a body whose only answer is waste', 'UPDATE attempts SET waste = 1'],
  [
    'I8',
    'a cost that stands where its attempt has none',
    'UPDATE progress SET cost_nano = 5, realtime_nano = 5 WHERE state = 1',
  ],
  [
    'I8',
    'a cost of an attempt that its request does not know',
    'UPDATE attempts SET cost_nano = 5, realtime_nano = 5 WHERE request_id IN (SELECT id FROM progress WHERE state = 1)',
  ],
  [
    'I8',
    'a cost of no attempt',
    'UPDATE progress SET cost_nano = 5, realtime_nano = 5 WHERE state = 0',
  ],
  [
    'I8',
    'an answer that is paid and possibly paid',
    `UPDATE progress SET submission_id = NULL, result_id = NULL, cost_nano = NULL, realtime_nano = NULL
    WHERE state = 2; UPDATE attempts SET outcome = 0, possibly_paid = 1, result_id = 1`,
  ],
  ['I9', 'a done request without a verdict', `UPDATE progress SET verdict = NULL WHERE state = 2`],
  ['I9', 'a final submission with a next step', `UPDATE submissions SET next_step_at = 1`],
  ['I10', 'an epoch that was not given out', 'UPDATE leases SET epoch = 9007199254740991'],
  ['I11', 'a wrong hold', 'UPDATE submissions SET hold_nano = 4'],
  ['I14', 'an attempt of another project', 'UPDATE attempts SET project_id = 99'],
  ['I14', 'a submission of another account', 'UPDATE submissions SET account_id = 99'],
])('verify finds %s in %s', async (invariant, _, statement) => {
  expect(await violationsAfter(statement)).toContain(invariant)
})

test('a file that many requests have stands in the store once', async () => {
  const path = temporaryPath()
  const store = await openSqliteStore({ path })
  const size = 2 * BLOB_PIECE_BYTES + 1
  for (const page of [0, 1, 2]) {
    const rows = [0, 1].map((row) => aRowWithBlobs(`${page} ${row}`, [aBlob(size), aBlob(3, page)]))
    await store.putRequests({ ...place, job: null, onConflict: 'report', rows })
  }
  await store.shutdown()
  const database = new Driver(path)
  const count = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()
  expect([count('blobs'), count('blob_pieces'), count('body_blobs')]).toEqual([4, 6, 12])
  database.close()
})
