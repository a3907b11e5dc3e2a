import type { BlobBytes } from '@halfrate/core'
import { verdictCode } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import type { Step } from '../session.js'
import { keepFiles } from './keep-files.js'
import { hashText, type PutPage } from './put-page.js'

// Of one that was tried again and is not done, how the one before it ended.
const FAILED = `SELECT r.id, r.body_id FROM requests r JOIN progress p ON p.id = r.id
  LEFT JOIN progress o ON o.id = r.supersedes_id
  WHERE r.id = ANY($1::bigint[]) AND coalesce(p.verdict, o.verdict) = $2 ORDER BY r.id`
const FILE_DAMAGED = verdictCode({ status: 'failed', reason: 'file_damaged', detail: null })
const LINK = `INSERT INTO body_blobs (body_id, blob_id, project_id)
  SELECT v.body_id, v.blob_id, $3 FROM unnest($1::bigint[], $2::bigint[]) v(body_id, blob_id)
  ON CONFLICT DO NOTHING`
const UNLINK_LOST = `DELETE FROM body_blobs l WHERE l.body_id = ANY($1::bigint[])
  AND NOT EXISTS (SELECT 1 FROM blobs b WHERE b.id = l.blob_id)`

/** Mends the files of requests that are there already, of those that failed because of them or try again what did. */
export async function mendBlobs(
  step: Step,
  page: PutPage,
  again: readonly { readonly id: number; readonly blobs: readonly BlobBytes[] }[],
): Promise<void> {
  if (again.length === 0) return
  const ids = numbers(again.map(({ id }) => id))
  const failed = await step.db.all<{ id: number; body_id: number }>(FAILED, ids, FILE_DAMAGED)
  if (failed.length === 0) return
  const bodyIds = new Map(failed.map((row) => [row.id, row.body_id]))
  const mended = again.filter(({ id }) => bodyIds.has(id))
  const blobs = new Map(
    mended.flatMap((each) => each.blobs.map((blob) => [hashText(blob.hash), blob] as const)),
  )
  const kept = await keepFiles(step, page.projectId, blobs)
  const links = mended.flatMap(({ id, blobs: own }) =>
    own.map((blob) => [bodyIds.get(id) ?? 0, kept.get(hashText(blob.hash)) ?? 0] as const),
  )
  const bodies = numbers(links.map(([bodyId]) => bodyId))
  await step.db.run(LINK, bodies, numbers(links.map(([, blobId]) => blobId)), page.projectId)
  await step.db.run(UNLINK_LOST, bodies)
}
