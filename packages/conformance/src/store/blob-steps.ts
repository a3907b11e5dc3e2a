import { BLOB_PIECE_BYTES, type BlobBytes, type ProjectId } from '@halfrate/core'
import type { Scene } from './scene.js'

/** A file as the store has it, read piece by piece. */
export async function fileOf(
  scene: Scene,
  { hash, bytes }: BlobBytes,
  project: ProjectId = scene.project,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += BLOB_PIECE_BYTES) {
    pieces.push(await scene.store.readBlob({ project, hash, piece: at / BLOB_PIECE_BYTES }))
  }
  return new Uint8Array(Buffer.concat(pieces))
}
