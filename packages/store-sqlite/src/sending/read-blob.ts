import type { ProjectId } from '@halfrate/core'
import { plainBytes } from '../bytes.js'
import type { Session } from '../session.js'

// Two seeks; a piece is a row of its own, so no other byte of the file is read.
const READ = `SELECT p.bytes FROM blobs b CROSS JOIN blob_pieces p ON p.blob_id = b.id
  WHERE b.project_id = ? AND b.hash = ? AND p.piece = ?`

/** See `SendingStore.readBlob`. */
export function readBlob(
  session: Session,
  { project, hash, piece }: Readonly<{ project: ProjectId; hash: Uint8Array; piece: number }>,
): Uint8Array | null {
  const projectId = session.names.find(project)
  const row = session.reader.get<{ bytes: Uint8Array }>(READ, projectId, plainBytes(hash), piece)
  return row === undefined ? null : plainBytes(row.bytes)
}
