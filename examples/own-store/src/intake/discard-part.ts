import { isOpenIn, type JobId, type RequestId } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import { changeRequest } from '../rows/change.js'
import type { OpenPart } from '../rows/stored-job.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { blobKeysOf, dropBlobs } from './blobs.js'

/** See `IntakeStore.discardPart`. */
export function discardPart(
  session: Session,
  params: In<'discardPart'>,
): Promise<Out<'discardPart'>> {
  return session.step(async (step) => {
    await step.jobs.load([params.id])
    const row = step.jobs.get(params.id)
    if (row === null || row.open === null || !isOpenIn(row.job, params)) return { type: 'outdated' }
    const { stored } = row.open
    const left = await discardPage(step, params.id, row.open, session.pageLimit)
    return { type: 'discarded', stored, left, fill: row.job.fill + 1 }
  })
}

/** Removes a page of an open part's requests, and its whole listing, and begins the next filling. Answers how many are left. */
export async function discardPage(
  step: Step,
  jobId: JobId,
  open: OpenPart,
  limit: number,
): Promise<number> {
  const put = step.keys.of('put', open.listing)
  // Newest first, so that each one gives its place back to the one that it took it from.
  const found = await step.connection.ask<string[]>('ZRANGE', put, '0', String(limit - 1), 'REV')
  const ids = found.map((id) => Number(id) as RequestId)
  await loadChains(step, ids)
  for (const id of ids) removeRequest(step, id)
  const row = step.jobs.need(jobId)
  const stored = open.stored - ids.length
  const job = { ...row.job, fill: row.job.fill + 1 }
  step.jobs.set(jobId, { ...row, job, open: { ...open, stored } })
  if (ids.length > 0) step.also('ZREM', put, ...found)
  step.also('UNLINK', step.keys.of('listing', open.listing))
  return stored
}

async function loadChains(step: Step, ids: readonly RequestId[]): Promise<void> {
  await step.requests.load(ids)
  const older = ids.map((id) => step.requests.get(id)?.supersedes ?? null)
  await Promise.all([
    step.requests.load(older.filter((id) => id !== null)),
    step.pointers.load(ids.map((id) => keyOf(step, id))),
    step.blobs.load(ids.flatMap((id) => blobKeysOf(step, id))),
  ])
}

function keyOf(step: Step, id: RequestId): string {
  const { request } = step.requests.need(id)
  const scope = request.jobId === null ? request : { jobId: request.jobId }
  return step.keys.key(scope, request.key)
}

function removeRequest(step: Step, id: RequestId): void {
  const row = step.requests.need(id)
  const { supersedes } = row
  step.pointers.set(keyOf(step, id), supersedes)
  if (supersedes !== null) changeRequest(step, supersedes, { supersededBy: null })
  step.requests.set(id, null)
  step.also('DEL', step.keys.of('body', id))
  dropBlobs(step, row)
}
