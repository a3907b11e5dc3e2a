import { InvariantError, type JobId, type RequestId } from '@halfrate/core'
import { changeRequest } from '../rows/change.js'
import type { Publishing } from '../rows/stored-job.js'
import type { Step } from '../step.js'
import { rowOf } from './put-page.js'

/**
 * Brings a page of a committed part into the requests and their indexes. The commit itself was one record; until the
 * last page is through, whoever comes finishes this first.
 *
 * The step has the job loaded. Does nothing when the job has nothing to publish.
 */
export async function publishPage(step: Step, jobId: JobId, limit: number): Promise<void> {
  const row = step.jobs.get(jobId)
  const publishing = row?.publishing ?? null
  if (row === null || publishing === null) return
  const { listed, put } = await pageOf(step, publishing, limit)
  await step.requests.load([...listed.keys(), ...put])
  const older = put.map((id) => step.requests.get(id)?.supersedes ?? null)
  await step.requests.load(older.filter((id) => id !== null))
  for (const id of put) accept(step, id)
  for (const [id, at] of listed)
    changeRequest(step, id, { row: at }, { listedPart: publishing.part })
  if (put.length > 0) step.also('ZREM', step.keys.of('put', publishing.listing), ...put.map(String))
  const isLast = listed.size < limit && put.length < limit
  const at = publishing.at + listed.size
  step.jobs.set(jobId, { ...row, publishing: isLast ? null : { ...publishing, at } })
  if (isLast) step.also('SREM', step.keys.of('unpublished'), String(jobId))
}

async function pageOf(
  step: Step,
  { listing, at }: Publishing,
  limit: number,
): Promise<{ listed: ReadonlyMap<RequestId, number | null>; put: readonly RequestId[] }> {
  const { connection, keys } = step
  const [listed, put] = await Promise.all([
    connection.ask<string[]>(
      ...['ZRANGE', keys.of('listing', listing), String(at), String(at + limit - 1)],
      'WITHSCORES',
    ),
    connection.ask<string[]>('ZRANGE', keys.of('put', listing), '0', String(limit - 1)),
  ])
  const rows = new Map<RequestId, number | null>()
  for (let index = 0; index < listed.length; index += 2) {
    rows.set(Number(listed[index]) as RequestId, rowOf(listed[index + 1] ?? '0'))
  }
  return { listed: rows, put: put.map((id) => Number(id) as RequestId) }
}

function accept(step: Step, id: RequestId): void {
  const row = step.requests.get(id)
  if (row === null) throw new InvariantError(`Request ${id} was put and is not there.`)
  changeRequest(step, id, {}, { accepted: true })
  if (row.supersedes !== null) changeRequest(step, row.supersedes, {}, { displaced: true })
}
