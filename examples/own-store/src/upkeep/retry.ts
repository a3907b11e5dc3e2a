import {
  type JobId,
  type Request,
  type RequestId,
  type RetryAnswer,
  type RetryRow,
  refusalToRetry,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { changeRequest } from '../rows/change.js'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** Rows of requests by the key of a listing, then by request; null where it is not listed. */
type Listed = ReadonlyMap<string, ReadonlyMap<RequestId, string | null>>

/** See `OperatingStore.retry`. */
export async function retry(
  session: Session,
  { project, rows }: In<'retry'>,
): Promise<readonly RetryAnswer[]> {
  session.checkPage(rows)
  return session.step(async (step) => {
    const ids = rows.map(({ requestId }) => requestId)
    await step.requests.load(ids)
    // What is in a part that is still open is nobody's to retry.
    const theirs = [...new Set(ids)].flatMap((id) => {
      const row = step.requests.get(id)
      return row?.accepted === true && row.request.project === project ? [row] : []
    })
    const theirIds = new Set(theirs.map(({ request }) => request.id))
    const listed = await loadAround(step, theirs)
    return rows.map((row): RetryAnswer => {
      if (!theirIds.has(row.requestId)) return { type: 'refused', because: 'unknown' }
      // Read again for each: a second row about the same request finds it replaced.
      const because = refusalToRetry(step.requests.need(row.requestId).request)
      if (because !== null) return { type: 'refused', because }
      return { type: 'retried', id: append(step, row, listed) }
    })
  }, rows.length)
}

// Jobs, keys, and in which listings requests stand. A listing changes only together with its job's record, which the step
// compares.
async function loadAround(step: Step, rows: readonly StoredRequest[]): Promise<Listed> {
  await Promise.all([
    step.jobs.load(rows.flatMap(({ request }) => request.jobId ?? [])),
    step.pointers.load(rows.map((row) => keyOf(step, row))),
  ])
  const listings = new Set(rows.flatMap((row) => listingsOf(step, row.request.jobId)))
  const found = [...listings].map(async (key) => {
    const mayStandIn = rows.filter((row) => listingsOf(step, row.request.jobId).includes(key))
    const ids = mayStandIn.map(({ request }) => request.id)
    const scores = await step.connection.ask<(string | null)[]>('ZMSCORE', key, ...ids.map(String))
    return [key, new Map(ids.map((id, index) => [id, scores[index] ?? null]))] as const
  })
  return new Map(await Promise.all(found))
}

function keyOf(step: Step, { request }: StoredRequest): string {
  const { jobId, project, queue } = request
  return step.keys.key(jobId === null ? { project, queue } : { jobId }, request.key)
}

// What was committed, and a part that is being filled.
function listingsOf(step: Step, jobId: JobId | null): readonly string[] {
  if (jobId === null) return []
  const { listing, open } = step.jobs.need(jobId)
  return [listing, open?.listing ?? null]
    .filter((each) => each !== null)
    .map((each) => step.keys.of('listing', each))
}

function append(step: Step, { requestId, changed }: RetryRow, listed: Listed): RequestId {
  const id = step.takeId<RequestId>()
  const old = step.requests.need(requestId)
  const { jobId } = old.request
  changeRequest(step, requestId, { supersededBy: id }, { displaced: true })
  step.requests.set(id, anew(step, old, id, changed))
  step.pointers.set(keyOf(step, old), id)
  if (changed !== null) step.also('SET', step.keys.of('body', id), changed.body)
  if (jobId === null) return id
  for (const key of listingsOf(step, jobId)) {
    const row = listed.get(key)?.get(requestId)
    if (row == null) continue
    step.also('ZREM', key, String(requestId))
    step.also('ZADD', key, row, String(id))
  }
  const job = step.jobs.need(jobId)
  step.jobs.set(jobId, { ...job, job: { ...job.job, state: 'committed' } })
  return id
}

function anew(
  step: Step,
  old: StoredRequest,
  id: RequestId,
  changed: RetryRow['changed'],
): StoredRequest {
  const request: Request = {
    ...old.request,
    ...(changed === null
      ? {}
      : { bodyId: id, itemBytes: changed.itemBytes, maxTokens: changed.maxTokens }),
    ...{ id, verdict: null, result: null, notBefore: 0, createdAt: step.now },
    ...{ doneAt: null, cancelRequestedAt: null, supersededBy: null, batchLimit: null },
    ...{ attemptCount: 0, failureCount: 0, expiryCount: 0 },
    state: 'waiting',
  }
  const changedBodies = [
    ...(old.changedBodies ?? []).filter(({ bodyId }) => bodyId === request.bodyId),
    ...(changed === null ? [] : [{ bodyId: id, reason: 'max_tokens' as const }]),
  ]
  return {
    ...old,
    request,
    changedBodies,
    displaced: false,
    supersedes: old.request.id,
    attempts: [],
  }
}
