import type { BlobBytes } from '@halfrate/core'
import { numbers } from '../database/binary-format.js'
import { insertRows } from '../database/row-source.js'
import type { Step } from '../session.js'
import { keepFiles, REMOVE_PIECES } from './keep-files.js'
import type { NewRequest } from './key-holder.js'
import { hashText, type PutPage } from './put-page.js'

const LINK_COLUMNS = { body_id: 'int8', blob_id: 'int8', project_id: 'int8' } as const

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
  const ids = await keepFiles(step, page.projectId, blobs)
  const links = added.flatMap(({ id, row }) => {
    const own = new Set((row.blobs ?? []).map((blob) => ids.get(hashText(blob.hash)) ?? 0))
    return [...own].map((blobId) => [id, blobId, page.projectId])
  })
  await insertRows(step.db, 'body_blobs', LINK_COLUMNS, links)
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

/** Takes their files from bodies that are removed; those that no other body has are gone. */
export async function dropBlobs({ db }: Step, bodyIds: readonly number[]): Promise<void> {
  const links = await db.all<{ blob_id: number }>(UNLINK, numbers(bodyIds))
  if (links.length === 0) return
  const ids = numbers([...new Set(links.map((row) => row.blob_id))])
  await db.all(LOCK, ids)
  const removed = await db.all<{ id: number }>(REMOVE, ids)
  if (removed.length > 0) await db.run(REMOVE_PIECES, numbers(removed.map((row) => row.id)))
}
