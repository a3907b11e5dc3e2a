import type { In } from '../in-out.js'
import type { Session } from '../session.js'

/** See `SendingStore.readBlob`. */
export async function readBlob(
  { connection, keys }: Session,
  { project, hash, piece }: In<'readBlob'>,
): Promise<Uint8Array | null> {
  const name = Buffer.from(hash).toString('hex')
  const [bytes = null] = await connection.bytes([keys.blobPiece(project, name, piece)])
  return bytes
}
