import { type BlobBytes, blobPiecesOf, InvariantError } from '@halfrate/core'
import { plainBytes } from '../bytes.js'
import type { Connection } from '../database/connection.js'
import type { PutPage } from './put-page.js'

const FIND = 'SELECT id FROM blobs WHERE project_id = ? AND hash = ?'
const ADD = 'INSERT INTO blobs (project_id, hash, size) VALUES (?, ?, ?) RETURNING id'
const ADD_PIECE = 'INSERT INTO blob_pieces (blob_id, piece, project_id, bytes) VALUES (?, ?, ?, ?)'
const LINK = `INSERT INTO body_blobs (body_id, blob_id, project_id) VALUES (?, ?, ?)
  ON CONFLICT DO NOTHING`

/** Keeps the files that a new body has marks of; those that the project has already are not written again. */
export function keepBlobs(page: PutPage, bodyId: number, blobs: readonly BlobBytes[]): void {
  for (const blob of blobs) page.session.db.run(LINK, bodyId, blobIdOf(page, blob), page.projectId)
}

function blobIdOf(page: PutPage, blob: BlobBytes): number {
  // Rows of one reading share the object, and a page that does not finds the stored one.
  const known = page.blobIds.get(blob)
  if (known !== undefined) return known
  const { db } = page.session
  const hash = plainBytes(blob.hash)
  const id = db.get<{ id: number }>(FIND, page.projectId, hash)?.id ?? addBlob(page, hash, blob)
  page.blobIds.set(blob, id)
  return id
}

function addBlob({ session, projectId }: PutPage, hash: Uint8Array, { bytes }: BlobBytes): number {
  const { db } = session
  const id = db.get<{ id: number }>(ADD, projectId, hash, bytes.length)?.id
  if (id === undefined) throw new InvariantError('No number came for a file.')
  for (const [piece, part] of blobPiecesOf(bytes).entries())
    db.run(ADD_PIECE, id, piece, projectId, part)
  return id
}

const LINK_CHILD = `INSERT INTO body_blobs (body_id, blob_id, project_id)
  SELECT ?, blob_id, project_id FROM body_blobs WHERE body_id = ?`

/** Gives a body the files of the one that it was made from. */
export function inheritBlobs(db: Connection, bodyId: number, parentId: number): void {
  db.run(LINK_CHILD, bodyId, parentId)
}

const UNLINK = 'DELETE FROM body_blobs WHERE body_id = ? RETURNING blob_id'
const IS_LINKED = 'SELECT 1 FROM body_blobs WHERE blob_id = ? LIMIT 1'
const REMOVE_PIECES = 'DELETE FROM blob_pieces WHERE blob_id = ?'
const REMOVE = 'DELETE FROM blobs WHERE id = ?'

/** Takes its files from a body that is removed; those that no other body has are gone. */
export function dropBlobs(db: Connection, bodyId: number): void {
  for (const { blob_id: id } of db.all<{ blob_id: number }>(UNLINK, bodyId)) {
    if (db.get(IS_LINKED, id) !== undefined) continue
    db.run(REMOVE_PIECES, id)
    db.run(REMOVE, id)
  }
}
