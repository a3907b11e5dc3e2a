import { type BlobBytes, blobPiecesOf } from '@halfrate/core'
import { arrayOf, numbers } from '../database/binary-format.js'
import { insertRows } from '../database/row-source.js'
import type { Step } from '../session.js'
import type { NewRequest } from './key-holder.js'
import { hashText, type PutPage } from './put-page.js'

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
const LINK_COLUMNS = { body_id: 'int8', blob_id: 'int8', project_id: 'int8' } as const
// Some at a time, so that a file stands in memory once and not in each of its forms.
const PIECES_AT_ONCE = 8

/** Keeps the files that new bodies have marks of; those that the project has already are not sent again. */
export async function keepBlobs(
  step: Step,
  page: PutPage,
  added: readonly NewRequest[],
): Promise<void> {
  const blobs = new Map<string, BlobBytes>()
  for (const { row } of added)
    for (const blob of row.blobs ?? []) blobs.set(hashText(blob.hash), blob)
  if (blobs.size === 0) return
  const ids = await findBlobs(step, page.projectId, [...blobs.values()])
  // In the order of hashes, as everywhere: two that bring the same files wait for each other and not in a ring.
  for (const [hash, blob] of [...blobs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!ids.has(hash)) ids.set(hash, await addBlob(step, page.projectId, blob))
  }
  const links = added.flatMap(({ id, row }) => {
    const own = new Set((row.blobs ?? []).map((blob) => ids.get(hashText(blob.hash)) ?? 0))
    return [...own].map((blobId) => [id, blobId, page.projectId])
  })
  await insertRows(step.db, 'body_blobs', LINK_COLUMNS, links)
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

const LINK_CHILDREN = `INSERT INTO body_blobs (body_id, blob_id, project_id)
  SELECT v.child, l.blob_id, l.project_id FROM unnest($1::bigint[], $2::bigint[]) v(child, parent)
    JOIN body_blobs l ON l.body_id = v.parent`

/** Gives bodies the files of those that they were made from, one by one. */
export async function inheritBlobs(
  { db }: Step,
  bodies: readonly { readonly id: number; readonly parentId: number }[],
): Promise<void> {
  const ids = numbers(bodies.map(({ id }) => id))
  await db.run(LINK_CHILDREN, ids, numbers(bodies.map(({ parentId }) => parentId)))
}

const UNLINK = 'DELETE FROM body_blobs WHERE body_id = ANY($1::bigint[]) RETURNING blob_id'
const LOCK = 'SELECT id FROM blobs WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE'
// A statement of its own: it sees the bodies of those whom the lock was waited for.
const REMOVE = `DELETE FROM blobs b WHERE b.id = ANY($1::bigint[])
  AND NOT EXISTS (SELECT 1 FROM body_blobs l WHERE l.blob_id = b.id) RETURNING b.id`
const REMOVE_PIECES = 'DELETE FROM blob_pieces WHERE blob_id = ANY($1::bigint[])'

/** Takes their files from bodies that are removed; those that no other body has are gone. */
export async function dropBlobs({ db }: Step, bodyIds: readonly number[]): Promise<void> {
  const links = await db.all<{ blob_id: number }>(UNLINK, numbers(bodyIds))
  if (links.length === 0) return
  const ids = numbers([...new Set(links.map((row) => row.blob_id))])
  await db.all(LOCK, ids)
  const removed = await db.all<{ id: number }>(REMOVE, ids)
  if (removed.length > 0) await db.run(REMOVE_PIECES, numbers(removed.map((row) => row.id)))
}
