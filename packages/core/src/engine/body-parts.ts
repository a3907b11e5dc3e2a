import { StoreUnavailableError } from '../errors.js'
import { BLOB_PIECE_BYTES } from '../model/blob.js'
import { hexOf } from '../model/hex.js'
import type { ProjectId } from '../model/ids.js'
import { type BlobRef, blobMarksOf } from '../policy/intake/blob-mark.js'
import type { Store } from '../ports/store.js'

/** Bytes of a body on their way: as they are, or to be written as base64. */
export interface BodyPart {
  readonly bytes: Uint8Array
  readonly isFile: boolean
}

/** A body, and where its files are. */
export interface MarkedBody {
  readonly store: Pick<Store, 'readBlob'>
  readonly project: ProjectId
  readonly body: Uint8Array
  /** Told when the store has not what the body has a mark of. */
  readonly onBadFile: () => void
}

/**
 * A body that has marks, part by part, with the files in place of the marks. One piece of one file is held at a time.
 *
 * @throws {StoreUnavailableError} when the store has lost a piece since the file was looked at: the body is broken off.
 */
export async function* bodyParts(marked: MarkedBody): AsyncGenerator<BodyPart, void, undefined> {
  const { body } = marked
  let at = 0
  for (const mark of blobMarksOf(body)) {
    yield { bytes: body.subarray(at, mark.at), isFile: false }
    yield* filePieces(marked, mark)
    at = mark.end
  }
  yield { bytes: body.subarray(at), isFile: false }
}

async function* filePieces(
  { store, project, onBadFile }: MarkedBody,
  { hash, size }: BlobRef,
): AsyncGenerator<BodyPart, void, undefined> {
  for (let at = 0; at < size; at += BLOB_PIECE_BYTES) {
    const bytes = await store.readBlob({ project, hash, piece: at / BLOB_PIECE_BYTES })
    const expected = Math.min(BLOB_PIECE_BYTES, size - at)
    if (bytes?.length !== expected) {
      onBadFile()
      throw new StoreUnavailableError(
        `File ${hexOf(hash)} is damaged in the store: ${bytes?.length ?? 0} bytes are there where ${expected} were expected.`,
      )
    }
    yield { bytes, isFile: true }
  }
}
