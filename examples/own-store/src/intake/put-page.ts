import { InvariantError, isOpenIn, type RequestId } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { StoredJob } from '../rows/stored-job.js'
import type { Step } from '../step.js'
import { loadBlobs } from './blobs.js'

/** One row of a page. */
export type Row = In<'putRequests'>['rows'][number]

/** A page of rows, with what it finds and what it leaves. */
export interface Page {
  readonly params: In<'putRequests'>
  readonly keyOf: (row: Row) => string
  readonly prefixIdOf: (row: Row) => number
  /** Rows that the open part's input lists so far, of the requests that the page is about. */
  readonly listed: Map<RequestId, number | null>
  readonly listedBefore: ReadonlyMap<RequestId, number | null>
  readonly put: RequestId[]
  /** Keys of files whose bytes are not as they come, and were not mended yet. */
  readonly damaged: Set<string>
}

/** Reads all that a page of rows can meet. */
export async function openPage(step: Step, params: In<'putRequests'>): Promise<Page> {
  const job = params.job === null ? null : await openPartOf(step, params)
  const scope = params.job === null ? params : { jobId: params.job.id }
  const keyOf = (row: Row): string => step.keys.key(scope, row.key)
  await step.pointers.load([...params.rows.map(keyOf), ...prefixKeysOf(step, params)])
  const damaged = await loadBlobs(step, params)
  const there = params.rows.map((row) => step.pointers.get(keyOf(row)) as RequestId | null)
  const ids = [...new Set(there)].filter((id) => id !== null)
  await step.requests.load(ids)
  const olders = ids.map((id) => step.requests.get(id)?.supersedes ?? null)
  await step.requests.load(olders.filter((id) => id !== null))
  const listed = await listedRows(step, job, ids)
  const prefixIdOf = (row: Row): number => prefixId(step, params, row)
  return { params, keyOf, prefixIdOf, listed, listedBefore: new Map(listed), put: [], damaged }
}

async function openPartOf(step: Step, params: In<'putRequests'>): Promise<StoredJob> {
  const { id, part, fill } = params.job ?? { id: 0 as never, part: 0, fill: 0 }
  await step.jobs.load([id])
  const row = step.jobs.get(id)
  if (row === null || !isOpenIn(row.job, { part, fill }) || row.job.project !== params.project) {
    throw new InvariantError(`Part ${part} of job ${id} is not open in filling ${fill}.`)
  }
  return row
}

// A part's listing changes only together with its job's record, which the step compares.
async function listedRows(
  step: Step,
  job: StoredJob | null,
  ids: readonly RequestId[],
): Promise<Map<RequestId, number | null>> {
  if (job?.open == null || ids.length === 0) return new Map()
  const key = step.keys.of('listing', job.open.listing)
  const rows = await step.connection.ask<(string | null)[]>('ZMSCORE', key, ...ids.map(String))
  const found = ids.flatMap((id, index) => {
    const row = rows[index] ?? null
    return row === null ? [] : [[id, rowOf(row)] as const]
  })
  return new Map(found)
}

/** The row that a score stands for. Rows begin at 1; 0 stands for none. */
export function rowOf(score: string): number | null {
  return score === '0' ? null : Number(score)
}

function prefixKeysOf(step: Step, params: In<'putRequests'>): readonly string[] {
  return params.rows.flatMap((row) =>
    row.prefix === null ? [] : [prefixKey(step, params, row.prefix)],
  )
}

function prefixKey(
  step: Step,
  params: In<'putRequests'>,
  prefix: NonNullable<Row['prefix']>,
): string {
  return step.keys.ofTexts('prefix-of', params.project, Buffer.from(prefix.hash).toString('hex'))
}

function prefixId(step: Step, params: In<'putRequests'>, row: Row): number {
  if (row.prefix === null) return 0
  const key = prefixKey(step, params, row.prefix)
  const there = step.pointers.get(key)
  if (there !== null) return there
  const id = step.takeId()
  step.pointers.set(key, id)
  step.also('SET', step.keys.of('prefix', id), row.prefix.bytes)
  return id
}

/** Adds to a step what a page did to the open part of its job. */
export function listingChanges(step: Step, page: Page): void {
  const { job } = page.params
  const row = job === null ? null : step.jobs.need(job.id)
  if (job === null || row?.open == null) return
  const { open } = row
  const stored = open.stored + page.put.length
  step.jobs.set(job.id, { ...row, open: { ...open, stored, touchedAt: step.now } })
  const listing = step.keys.of('listing', open.listing)
  const put = step.keys.of('put', open.listing)
  for (const id of page.put) step.also('ZADD', put, String(id), String(id))
  for (const id of page.listedBefore.keys()) {
    if (!page.listed.has(id)) step.also('ZREM', listing, String(id))
  }
  for (const [id, at] of page.listed) step.also('ZADD', listing, String(at ?? 0), String(id))
}
