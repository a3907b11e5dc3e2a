import { createHash } from 'node:crypto'
import type { Violation } from '@halfrate/core'
import type { KeyRange } from '@halfrate/store-sql'
import type { Session } from '../session.js'

// Hashing them blocks the process for some milliseconds. The first file of a page may be larger.
const PAGE_BYTES = 8 * 1024 * 1024

/** The last id of a page of files: so many as have so many bytes, and one at least. */
export const FILE_PAGE_END: string = `SELECT max(id) AS id FROM (
    SELECT id, sum(size) OVER (ORDER BY id) - size AS before
    FROM (SELECT id, size FROM blobs WHERE id > ? ORDER BY id LIMIT ?))
  WHERE before < ${PAGE_BYTES}`

const FILES = 'SELECT id, hash FROM blobs WHERE id > ? AND id <= ? ORDER BY id'
const PIECE_NUMBERS = 'SELECT piece FROM blob_pieces WHERE blob_id = ? ORDER BY piece'
const PIECE = 'SELECT bytes FROM blob_pieces WHERE blob_id = ? AND piece = ?'

/** Holds the bytes of files against their hashes, a piece at a time. */
export function fileViolations(
  { reader }: Session,
  { after, upTo }: KeyRange,
): readonly Violation[] {
  const files = reader.all<{ id: number; hash: Uint8Array }>(FILES, after, upTo)
  return files.flatMap(({ id, hash }) => {
    const running = createHash('sha256')
    for (const { piece } of reader.all<{ piece: number }>(PIECE_NUMBERS, id)) {
      running.update(reader.get<{ bytes: Uint8Array }>(PIECE, id, piece)?.bytes ?? '')
    }
    if (running.digest().equals(hash)) return []
    return [
      {
        invariant: 'I1',
        message: `File ${id} is damaged: its bytes are not those of its hash ${Buffer.from(hash).toString('hex')}.`,
      },
    ]
  })
}
