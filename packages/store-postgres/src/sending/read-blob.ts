import type { ProjectId } from '@halfrate/core'
import { plainBytes } from '../bytes.js'
import type { Session } from '../session.js'

// Two seeks; a piece is a row of its own, so no other byte of the file is read.
const READ = `SELECT p.bytes FROM blobs b JOIN blob_pieces p ON p.blob_id = b.id
  WHERE b.project_id = $1 AND b.hash = $2 AND p.piece = $3`

/** See `SendingStore.readBlob`. */
export function readBlob(
  session: Session,
  { project, hash, piece }: Readonly<{ project: ProjectId; hash: Uint8Array; piece: number }>,
): Promise<Uint8Array | null> {
  return session.read(async ({ db, names }) => {
    const [projectId = null] = await names.find(db, [project])
    const row = await db.get<{ bytes: Uint8Array }>(READ, projectId, hash, piece)
    return row === undefined ? null : plainBytes(row.bytes)
  })
}
