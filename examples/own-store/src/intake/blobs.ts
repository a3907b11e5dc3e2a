import { type BlobBytes, blobPiecesOf, type ProjectId, type RequestId } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { StoredBlob } from '../rows/kinds.js'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Step } from '../step.js'

/** What a page knows of files. */
export interface FilePage {
  readonly params: Pick<In<'putRequests'>, 'project'>
  /** Keys of files whose bytes are not as they come, and were not mended yet. */
  readonly damaged: Set<string>
}

/** Reads what the store has of the files that rows bring. Answers the keys of those whose bytes are not as they come. */
export async function loadBlobs(
  step: Step,
  { project, rows }: In<'putRequests'>,
): Promise<Set<string>> {
  const blobs = new Map(
    rows.flatMap((row) =>
      (row.blobs ?? []).map((blob) => [step.keys.blob(project, hashText(blob)), blob] as const),
    ),
  )
  await step.blobs.load([...blobs.keys()])
  const damaged = new Set<string>()
  for (const [key, blob] of blobs) {
    if (step.blobs.get(key) !== null && !(await isWhole(step, project, blob))) damaged.add(key)
  }
  return damaged
}

// A piece at a time. Nobody changes bytes under a hash but to mend them.
async function isWhole(step: Step, project: ProjectId, blob: BlobBytes): Promise<boolean> {
  const hash = hashText(blob)
  const pieces = blobPiecesOf(blob.bytes)
  if (step.blobs.get(step.keys.blob(project, hash))?.pieces !== pieces.length) return false
  for (const [number, piece] of pieces.entries()) {
    const [stored = null] = await step.connection.bytes([
      step.keys.blobPiece(project, hash, number),
    ])
    if (stored === null || Buffer.compare(stored, piece) !== 0) return false
  }
  return true
}

/** Keeps the files of one new body, those that the project has not yet with their bytes. */
export function keepBlobs(
  step: Step,
  { params: { project }, damaged }: FilePage,
  blobs: readonly BlobBytes[],
): Pick<StoredRequest, 'blobs'> {
  if (blobs.length === 0) return {}
  for (const blob of blobs) {
    const key = step.keys.blob(project, hashText(blob))
    const there = step.blobs.get(key)
    if (there === null || damaged.delete(key)) writePieces(step, project, blob, there)
    const pieces = blobPiecesOf(blob.bytes).length
    step.blobs.set(key, { bodies: (there?.bodies ?? 0) + 1, pieces })
  }
  return { blobs: blobs.map(hashText) }
}

/** Writes the files of a request that is there already, and failed because of them, as they come now. */
export function mendBlobs(
  step: Step,
  { params: { project }, damaged }: FilePage,
  blobs: readonly BlobBytes[],
): void {
  for (const blob of blobs) {
    const key = step.keys.blob(project, hashText(blob))
    const there = step.blobs.get(key)
    if (there !== null && !damaged.delete(key)) continue
    writePieces(step, project, blob, there)
    step.blobs.set(key, { bodies: there?.bodies ?? 1, pieces: blobPiecesOf(blob.bytes).length })
  }
}

function writePieces(
  step: Step,
  project: ProjectId,
  blob: BlobBytes,
  there: StoredBlob | null,
): void {
  const hash = hashText(blob)
  const pieces = blobPiecesOf(blob.bytes)
  step.also('SET', step.keys.of('has-files'), '1')
  for (const [number, piece] of pieces.entries()) {
    step.also('SET', step.keys.blobPiece(project, hash, number), piece)
  }
  for (let number = pieces.length; number < (there?.pieces ?? 0); number += 1) {
    step.also('DEL', step.keys.blobPiece(project, hash, number))
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
