import { BLOB_PIECE_BYTES } from '../model/blob.js'
import { hexOf } from '../model/hex.js'
import type { ProjectId } from '../model/ids.js'
import type { BlobRef } from '../policy/intake/blob-mark.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'

/**
 * Holds a stored file against its size and its SHA-256, a piece at a time. Answers what was expected and what is there; null when
 * it is whole.
 */
export async function fileFault(
  { store, digest }: Pick<EngineContext, 'store' | 'digest'>,
  lease: Pick<HeldLease, 'keep'>,
  { project, hash, size }: BlobRef & { readonly project: ProjectId },
): Promise<string | null> {
  const running = digest.sha256()
  let read = 0
  for (let piece = 0; read < size; piece += 1) {
    await lease.keep()
    const bytes = await store.readBlob({ project, hash, piece })
    read += bytes?.length ?? 0
    const isWhole = bytes?.length === Math.min(BLOB_PIECE_BYTES, size - piece * BLOB_PIECE_BYTES)
    if (bytes === null || !isWhole) return faultText({ hash, size }, `has ${read} bytes of it`)
    running.add(bytes)
  }
  const found = hexOf(running.end())
  if (found === hexOf(hash)) return null
  return faultText({ hash, size }, `has other bytes in its place, with SHA-256 ${found}`)
}

function faultText({ hash, size }: BlobRef, found: string): string {
  return `expected ${size} bytes with SHA-256 ${hexOf(hash)}, and the store ${found}`
}
