import { createHash } from 'node:crypto'
import { type BlobBytes, blobPiecesOf } from '@halfrate/core'
import { arrayOf, numbers } from '../database/binary-format.js'
import { insertRows } from '../database/row-source.js'
import { grouped } from '../grouped.js'
import type { Step } from '../session.js'
import { hashText } from './put-page.js'

// Kept from being removed until the step is over; whoever removes them at this moment is waited for.
const FIND = `SELECT id, hash FROM blobs WHERE project_id = $1 AND hash = ANY($2::bytea[])
  ORDER BY id FOR KEY SHARE`
const ADD = `INSERT INTO blobs (project_id, hash, size) VALUES ($1, $2, $3)
  ON CONFLICT (project_id, hash) DO NOTHING RETURNING id`
const PIECE_COLUMNS = {
  blob_id: 'int8',
  piece: 'int8',
  project_id: 'int8',
  bytes: 'bytea',
} as const
// Some at a time, so that a file stands in memory once and not in each of its forms.
const PIECES_AT_ONCE = 8

/** Removes the bytes of files. */
export const REMOVE_PIECES: string = 'DELETE FROM blob_pieces WHERE blob_id = ANY($1::bigint[])'

/** Answers the numbers of files by hash, storing those that the project has not, or not as they came. */
export async function keepFiles(
  step: Step,
  projectId: number,
  blobs: ReadonlyMap<string, BlobBytes>,
): Promise<ReadonlyMap<string, number>> {
  const ids = await findBlobs(step, projectId, [...blobs.values()])
  const damaged = await damagedBlobs(step, ids, blobs)
  // In the order of hashes, as everywhere: two that bring the same files wait for each other and not in a ring.
  for (const [hash, blob] of [...blobs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const id = ids.get(hash)
    if (id === undefined) ids.set(hash, await addBlob(step, projectId, blob))
    else if (damaged.has(hash)) await mendBlob(step, { projectId, blobId: id }, blob)
  }
  return ids
}

// The server hashes what it has, so that no file is fetched.
const PIECES = `SELECT b.id, b.size, p.piece, sha256(p.bytes) AS hash FROM blobs b
  LEFT JOIN blob_pieces p ON p.blob_id = b.id WHERE b.id = ANY($1::bigint[]) ORDER BY b.id, p.piece`

interface PieceRow {
  readonly id: number
  readonly size: number
  readonly piece: number | null
  readonly hash: Uint8Array | null
}

async function damagedBlobs(
  { db }: Step,
  ids: ReadonlyMap<string, number>,
  blobs: ReadonlyMap<string, BlobBytes>,
): Promise<ReadonlySet<string>> {
  if (ids.size === 0) return new Set()
  const stored = grouped(await db.all<PieceRow>(PIECES, numbers([...ids.values()])), ({ id }) => id)
  const isWhole = (id: number, { bytes }: BlobBytes): boolean => {
    const pieces = blobPiecesOf(bytes)
    const rows = stored.get(id) ?? []
    if (rows[0]?.size !== bytes.length || rows.length !== pieces.length) return false
    return rows.every(({ piece, hash }, at) => {
      const part = pieces[at]
      return piece === at && hash !== null && part !== undefined && sha256(part).equals(hash)
    })
  }
  const damaged = [...ids].filter(([hash, id]) => {
    const blob = blobs.get(hash)
    return blob !== undefined && !isWhole(id, blob)
  })
  return new Set(damaged.map(([hash]) => hash))
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

// One at a time; those who only put a body beside it don't wait.
const LOCK_TO_MEND = 'UPDATE blobs SET size = $1 WHERE id = $2'

async function mendBlob(
  step: Step,
  { projectId, blobId }: { readonly projectId: number; readonly blobId: number },
  { bytes }: BlobBytes,
): Promise<void> {
  await step.db.run(LOCK_TO_MEND, bytes.length, blobId)
  await step.db.run(REMOVE_PIECES, numbers([blobId]))
  await addPieces(step, { projectId, blobId }, bytes)
}

async function findBlobs(
  { db }: Step,
  projectId: number,
  blobs: readonly BlobBytes[],
): Promise<Map<string, number>> {
  const hashes = arrayOf(
    'bytea',
    blobs.map(({ hash }) => hash),
  )
  const rows = await db.all<{ id: number; hash: Uint8Array }>(FIND, projectId, hashes)
  return new Map(rows.map((row) => [hashText(row.hash), row.id]))
}

async function addBlob(step: Step, projectId: number, blob: BlobBytes): Promise<number> {
  const { hash, bytes } = blob
  for (;;) {
    const added = await step.db.get<{ id: number }>(ADD, projectId, hash, bytes.length)
    if (added !== undefined) {
      await addPieces(step, { projectId, blobId: added.id }, bytes)
      return added.id
    }
    // Somebody else brought it at the same time. Should they have removed it again, it is to be added after all.
    const there = (await findBlobs(step, projectId, [blob])).get(hashText(hash))
    if (there !== undefined) return there
  }
}

async function addPieces(
  { db }: Step,
  { projectId, blobId }: { readonly projectId: number; readonly blobId: number },
  bytes: Uint8Array,
): Promise<void> {
  const pieces = blobPiecesOf(bytes).map((part, piece) => [blobId, piece, projectId, part])
  for (let at = 0; at < pieces.length; at += PIECES_AT_ONCE) {
    await insertRows(db, 'blob_pieces', PIECE_COLUMNS, pieces.slice(at, at + PIECES_AT_ONCE))
  }
}
