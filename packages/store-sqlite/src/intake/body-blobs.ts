import { type BlobBytes, blobPiecesOf, InvariantError } from '@halfrate/core'
import { verdictCode } from '@halfrate/store-sql'
import { plainBytes } from '../bytes.js'
import type { Connection } from '../database/connection.js'
import type { PutPage } from './put-page.js'

const FIND = 'SELECT id FROM blobs WHERE project_id = ? AND hash = ?'
const ADD = 'INSERT INTO blobs (project_id, hash, size) VALUES (?, ?, ?) RETURNING id'
const ADD_PIECE = 'INSERT INTO blob_pieces (blob_id, piece, project_id, bytes) VALUES (?, ?, ?, ?)'
const LINK = `INSERT INTO body_blobs (body_id, blob_id, project_id) VALUES (?, ?, ?)
  ON CONFLICT DO NOTHING`

const FILE_DAMAGED = verdictCode({ status: 'failed', reason: 'file_damaged', detail: null })

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
  const there = db.get<{ id: number }>(FIND, page.projectId, hash)?.id
  const id = there ?? addBlob(page, hash, blob)
  if (there !== undefined && !isWhole(db, there, blob)) mend(page, there, blob)
  page.blobIds.set(blob, id)
  return id
}

function addBlob(page: PutPage, hash: Uint8Array, { bytes }: BlobBytes): number {
  const id = page.session.db.get<{ id: number }>(ADD, page.projectId, hash, bytes.length)?.id
  if (id === undefined) throw new InvariantError('No number came for a file.')
  // A number is given out again when the row that had it is gone, and damage may have left its pieces behind.
  page.session.db.run(REMOVE_PIECES, id)
  addPieces(page, id, bytes)
  return id
}

function addPieces({ session, projectId }: PutPage, id: number, bytes: Uint8Array): void {
  for (const [piece, part] of blobPiecesOf(bytes).entries())
    session.db.run(ADD_PIECE, id, piece, projectId, part)
}

const SHAPE = `SELECT b.size, (SELECT count(*) FROM blob_pieces p WHERE p.blob_id = b.id) AS pieces
  FROM blobs b WHERE b.id = ?`
const PIECE = 'SELECT bytes FROM blob_pieces WHERE blob_id = ? AND piece = ?'

// Compared with what came, one piece at a time, which costs less than a hash.
function isWhole(db: Connection, id: number, { bytes }: BlobBytes): boolean {
  const shape = db.get<{ size: number; pieces: number }>(SHAPE, id)
  const pieces = blobPiecesOf(bytes)
  if (shape?.size !== bytes.length || shape.pieces !== pieces.length) return false
  return pieces.every((part, piece) => {
    const row = db.get<{ bytes: Uint8Array }>(PIECE, id, piece)
    return row !== undefined && Buffer.compare(row.bytes, part) === 0
  })
}

const RESIZE = 'UPDATE blobs SET size = ? WHERE id = ?'

function mend(page: PutPage, id: number, { bytes }: BlobBytes): void {
  const { db } = page.session
  db.run(REMOVE_PIECES, id)
  db.run(RESIZE, bytes.length, id)
  addPieces(page, id, bytes)
}

// Of one that was tried again and is not done, how the one before it ended.
const FAILED = `SELECT r.body_id, coalesce(p.verdict, o.verdict) AS verdict FROM requests r
  JOIN progress p ON p.id = r.id LEFT JOIN progress o ON o.id = r.supersedes_id WHERE r.id = ?`
const UNLINK_LOST = `DELETE FROM body_blobs WHERE body_id = ?
  AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.id = body_blobs.blob_id)`

/** Mends the files of a request that is there already, if it failed because of them, or tries again what did. */
export function mendBlobs(page: PutPage, requestId: number, blobs: readonly BlobBytes[]): void {
  const { db } = page.session
  const there = db.get<{ body_id: number; verdict: number | null }>(FAILED, requestId)
  if (there === undefined || there.verdict !== FILE_DAMAGED) return
  keepBlobs(page, there.body_id, blobs)
  db.run(UNLINK_LOST, there.body_id)
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
