import { InvariantError } from '../errors.js'
import { BLOB_PIECE_BYTES } from '../model/blob.js'
import type { ProjectId } from '../model/ids.js'
import { type BlobRef, blobMarksOf } from '../policy/intake/blob-mark.js'
import type { Store } from '../ports/store.js'

/** Bytes of a body on their way: as they are, or to be written as base64. */
export interface BodyPart {
  readonly bytes: Uint8Array
  readonly isFile: boolean
}

/**
 * A body that has marks, part by part, with the files in place of the marks. One piece of one file is held at a time.
 *
 * @throws {InvariantError} when the store has not what the body has a mark of.
 */
export async function* bodyParts(
  store: Pick<Store, 'readBlob'>,
  project: ProjectId,
  body: Uint8Array,
): AsyncGenerator<BodyPart, void, undefined> {
  let at = 0
  for (const mark of blobMarksOf(body)) {
    yield { bytes: body.subarray(at, mark.at), isFile: false }
    yield* filePieces(store, project, mark)
    at = mark.end
  }
  yield { bytes: body.subarray(at), isFile: false }
}

async function* filePieces(
  store: Pick<Store, 'readBlob'>,
  project: ProjectId,
  { hash, size }: BlobRef,
): AsyncGenerator<BodyPart, void, undefined> {
  for (let at = 0; at < size; at += BLOB_PIECE_BYTES) {
    const bytes = await store.readBlob({ project, hash, piece: at / BLOB_PIECE_BYTES })
    const expected = Math.min(BLOB_PIECE_BYTES, size - at)
    if (bytes.length !== expected) {
      throw new InvariantError(`A piece of a file has ${bytes.length} bytes and not ${expected}.`)
    }
    yield { bytes, isFile: true }
  }
}
