import { createRequire } from 'node:module'
import { aBlob, aRowWithBlobs, violationsOf } from '@halfrate/conformance'
import {
  type AccountId,
  BLOB_PIECE_BYTES,
  type IntakeRow,
  type ProjectId,
  type QueueName,
} from '@halfrate/core'
import { verdictCode } from '@halfrate/store-sql'
import type DatabaseConstructor from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const Driver = createRequire(import.meta.url)('better-sqlite3') as typeof DatabaseConstructor
const project = 'acme' as ProjectId
const FAILED = verdictCode({ status: 'failed', reason: 'file_damaged', detail: null })

async function put(path: string, rows: readonly IntakeRow[]) {
  const store = await openSqliteStore({ path })
  const place = { project, account: 'main' as AccountId, queue: 'nightly' as QueueName }
  const answers = await store.putRequests({ ...place, job: null, onConflict: 'report', rows })
  const requestIds = answers.map(({ id }) => id)
  return { store, answers, requestIds }
}

function change(path: string, statement: string): void {
  const database = new Driver(path)
  database.exec(statement)
  database.close()
}

test.each([
  ['its row', 'DELETE FROM blobs'],
  ['its pieces', 'DELETE FROM blob_pieces'],
  ['its row and its pieces', 'DELETE FROM blobs; DELETE FROM blob_pieces'],
  ['a piece of it', 'DELETE FROM blob_pieces WHERE piece = 0'],
  ['its size', 'UPDATE blobs SET size = 3'],
])(
  'a file of which the store lost %s is made anew when the row that failed comes again',
  async (_, loss) => {
    const path = temporaryPath()
    const file = aBlob(BLOB_PIECE_BYTES + 9)
    const rows = [aRowWithBlobs('a', [file])]
    const { store, requestIds } = await put(path, rows)
    await store.cancel({ project, requestIds, reason: 'canceled' })
    await store.shutdown()
    change(path, `UPDATE progress SET verdict = ${FAILED}; ${loss}`)
    const { store: again, answers } = await put(path, rows)
    expect(answers).toMatchObject([{ type: 'same' }])
    for (const piece of [0, 1]) {
      const bytes = await again.readBlob({ project, hash: file.hash, piece })
      const from = piece * BLOB_PIECE_BYTES
      expect(bytes).toEqual(file.bytes.slice(from, from + BLOB_PIECE_BYTES))
    }
    // The pieces of a file whose row is gone are nobody's, and stay where they are.
    const found = (await violationsOf(again)).map(({ message }) => message)
    expect(found.filter((message) => !message.startsWith('Pieces of file'))).toEqual([])
    await again.shutdown()
  },
)
