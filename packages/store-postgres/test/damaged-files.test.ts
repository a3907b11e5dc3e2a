import { aBlob, aRowWithBlobs, violationsOf } from '@halfrate/conformance'
import { BLOB_PIECE_BYTES } from '@halfrate/core'
import { verdictCode } from '@halfrate/store-sql'
import { afterEach, expect, test } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../src/index.js'
import { account, project, queue } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const FAILED = verdictCode({ status: 'failed', reason: 'file_damaged', detail: null })
let store: PostgresStore | null = null

afterEach(async () => {
  await store?.shutdown()
  store = null
})

/** A store with one row that has a file of two pieces, after something was done to its tables. */
async function damagedBy(...statements: readonly string[]) {
  const schema = database.schema()
  const open = await openPostgresStore({ url: database.url, schema })
  store = open
  const file = aBlob(BLOB_PIECE_BYTES + 9)
  const rows = [aRowWithBlobs('a', [file])]
  const put = () =>
    open.putRequests({ project, account, queue, job: null, onConflict: 'report', rows })
  const requestIds = (await put()).map(({ id }) => id)
  await open.cancel({ project, requestIds, reason: 'canceled' })
  await withClient(database.url, (client) =>
    client.query(`SET search_path = ${schema}; ${statements.join('; ')}`),
  )
  return { open, file, put }
}

test.each([
  ['its row', ['DELETE FROM blobs']],
  ['its pieces', ['DELETE FROM blob_pieces']],
  ['its row and its pieces', ['DELETE FROM blobs', 'DELETE FROM blob_pieces']],
  ['a piece of it', ['DELETE FROM blob_pieces WHERE piece = 0']],
  ['its size', ['UPDATE blobs SET size = 3']],
])(
  'a file of which the store lost %s is made anew when the row that failed comes again',
  async (_, loss) => {
    const { open, file, put } = await damagedBy(`UPDATE progress SET verdict = ${FAILED}`, ...loss)
    expect(await put()).toMatchObject([{ type: 'same' }])
    for (const piece of [0, 1]) {
      const bytes = await open.readBlob({ project, hash: file.hash, piece })
      const from = piece * BLOB_PIECE_BYTES
      expect(bytes).toEqual(file.bytes.slice(from, from + BLOB_PIECE_BYTES))
    }
    // The pieces of a file whose row is gone are nobody's, and stay where they are.
    const found = (await violationsOf(open)).map(({ message }) => message)
    expect(found.filter((message) => !message.startsWith('Pieces of file'))).toEqual([])
  },
)

test.each([
  ['is damaged', "UPDATE blob_pieces SET bytes = '\\x01'"],
  ['is damaged', 'DELETE FROM blob_pieces'],
  ['belongs to no request', 'DELETE FROM body_blobs'],
  ['are there, but not the file', 'UPDATE blob_pieces SET blob_id = 99'],
  ['which is not there', 'UPDATE body_blobs SET blob_id = 99'],
])('verify says of a file that it %s after %s', async (said, statement) => {
  const { open } = await damagedBy(statement)
  const found = (await violationsOf(open)).map(({ message }) => message)
  expect(found.join('\n')).toContain(said)
})
