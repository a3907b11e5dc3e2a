import { createHash } from 'node:crypto'
import type { ProjectId, Violation } from '@halfrate/core'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Step } from '../step.js'

/**
 * Holds the bytes of the files that requests of a page have against their hashes, each once, a piece at a time. There is no index
 * of files, so one that no request has is not found; its last request takes it along in the step in which it goes.
 */
export async function fileViolations(
  step: Step,
  rows: readonly StoredRequest[],
): Promise<readonly Violation[]> {
  const files = new Map(
    rows.flatMap(({ request: { project }, blobs = [] }) =>
      blobs.map((hash) => [step.keys.blob(project, hash), { project, hash }] as const),
    ),
  )
  const violations: Violation[] = []
  for (const [key, { project, hash }] of files) {
    const pieces = step.blobs.get(key)?.pieces ?? null
    // That there is none at all is said of its requests.
    if (pieces === null || (await hashOf(step, { project, hash, pieces })) === hash) continue
    const message = `File ${hash} is damaged: its bytes are not those of its hash.`
    violations.push({ invariant: 'I1', message })
  }
  return violations
}

async function hashOf(
  { connection, keys }: Step,
  file: { readonly project: ProjectId; readonly hash: string; readonly pieces: number },
): Promise<string> {
  const running = createHash('sha256')
  for (let number = 0; number < file.pieces; number += 1) {
    const [piece = null] = await connection.bytes([keys.blobPiece(file.project, file.hash, number)])
    running.update(piece ?? '')
  }
  return running.digest('hex')
}
