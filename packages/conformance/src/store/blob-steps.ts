import { BLOB_PIECE_BYTES, type BlobBytes, InvariantError, type ProjectId } from '@halfrate/core'
import type { Scene } from './scene.js'

/** A file as the store has it, read piece by piece. */
export async function fileOf(
  scene: Scene,
  { hash, bytes }: BlobBytes,
  project: ProjectId = scene.project,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += BLOB_PIECE_BYTES) {
    const piece = await scene.store.readBlob({ project, hash, piece: at / BLOB_PIECE_BYTES })
    if (piece === null)
      throw new InvariantError(`Piece ${at / BLOB_PIECE_BYTES} of a file is missing.`)
    pieces.push(piece)
  }
  return new Uint8Array(Buffer.concat(pieces))
}
