import { type BlobBytes, blobPiecesOf, type ProjectId, type RequestId } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Step } from '../step.js'

/** Reads what the store has of the files that rows bring. */
export async function loadBlobs(step: Step, params: In<'putRequests'>): Promise<void> {
  const hashes = params.rows.flatMap(({ blobs = [] }) => blobs.map(hashText))
  await step.blobs.load(hashes.map((hash) => step.keys.blob(params.project, hash)))
}

/** Keeps the files of one new body, those that the project has not yet with their bytes. */
export function keepBlobs(
  step: Step,
  project: ProjectId,
  blobs: readonly BlobBytes[],
): Pick<StoredRequest, 'blobs'> {
  if (blobs.length === 0) return {}
  for (const blob of blobs) keepBlob(step, project, blob)
  return { blobs: blobs.map(hashText) }
}

function keepBlob(step: Step, project: ProjectId, blob: BlobBytes): void {
  const hash = hashText(blob)
  const key = step.keys.blob(project, hash)
  const there = step.blobs.get(key)
  const pieces = blobPiecesOf(blob.bytes)
  step.blobs.set(key, { bodies: (there?.bodies ?? 0) + 1, pieces: pieces.length })
  if (there !== null) return
  for (const [number, piece] of pieces.entries()) {
    step.also('SET', step.keys.blobPiece(project, hash, number), piece)
  }
}

/** The keys of the files that the body of a loaded request has marks of. */
export function blobKeysOf(step: Step, id: RequestId): readonly string[] {
  const { request, blobs = [] } = step.requests.need(id)
  return blobs.map((hash) => step.keys.blob(request.project, hash))
}

/**
 * Takes its files from a request that is removed with its body; the last one takes the bytes with it. A request that was
 * sent again has the files of the one before it, and neither of the two is ever removed.
 */
export function dropBlobs(step: Step, { request, blobs = [] }: StoredRequest): void {
  for (const hash of blobs) {
    const key = step.keys.blob(request.project, hash)
    const { bodies, pieces } = step.blobs.need(key)
    step.blobs.set(key, bodies > 1 ? { bodies: bodies - 1, pieces } : null)
    if (bodies > 1) continue
    for (let number = 0; number < pieces; number += 1) {
      step.also('DEL', step.keys.blobPiece(request.project, hash, number))
    }
  }
}

function hashText({ hash }: BlobBytes): string {
  return Buffer.from(hash).toString('hex')
}
