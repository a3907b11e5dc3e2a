import { InvariantError } from '../errors.js'
import type { JobId, ProjectId, QueueName, RequestId } from '../model/ids.js'
import type { Job } from '../model/job.js'
import type { Verdict } from '../model/request.js'
import type { IntakeRow, PutAnswer, PutParams } from '../ports/store-intake.js'
import { hexOf } from './byte-text.js'
import { frozenCopy } from './frozen-copy.js'
import type { OpenPart } from './job-table.js'
import { keyText, type StoredRequest } from './stored-request.js'
import type { Tables } from './tables.js'

/** See {@link IntakeStore.openJob}. */
export function openJob(
  tables: Tables,
  params: Readonly<{ project: ProjectId; queue: QueueName; name: string }>,
): Job {
  const old = tables.jobs.byName(params.project, params.name)
  const job = old ?? newJob(tables, params)
  const open = tables.jobs.openParts.get(job.id)
  if (open !== undefined) {
    open.touchedAt = tables.now()
    return job
  }
  const part = job.committedPart + 1
  tables.jobs.openParts.set(job.id, {
    part,
    touchedAt: tables.now(),
    put: new Set(),
    rows: new Map(),
  })
  return tables.jobs.write({ ...job, openPart: part, sourceDigest: null })
}

function newJob(
  tables: Tables,
  params: Readonly<{ project: ProjectId; queue: QueueName; name: string }>,
): Job {
  return {
    id: tables.nextId<JobId>(),
    project: params.project,
    queue: params.queue,
    name: params.name,
    state: 'open',
    committedPart: 0,
    openPart: 0,
    fill: 0,
    sourceDigest: null,
    rowCount: 0,
    createdAt: tables.now(),
    committedAt: null,
  }
}

/** See {@link IntakeStore.putRequests}. */
export function putRequests(tables: Tables, params: PutParams): readonly PutAnswer[] {
  tables.checkPage(params.rows)
  const open = params.job === null ? null : openPartOf(tables, params)
  if (open !== null) open.touchedAt = tables.now()
  return params.rows.map((row) => putRow(tables, params, open, row))
}

function openPartOf(tables: Tables, params: PutParams): OpenPart {
  const { id, part, fill } = params.job ?? { id: 0 as JobId, part: 0, fill: 0 }
  const open = tables.jobs.openIn({ id, part, fill })
  if (open === undefined || tables.jobs.need(id).project !== params.project) {
    throw new InvariantError(`Part ${part} of job ${id} is not open in filling ${fill}.`)
  }
  return open
}

function putRow(
  tables: Tables,
  params: PutParams,
  open: OpenPart | null,
  row: IntakeRow,
): PutAnswer {
  const key = keyText(params.job === null ? params : { jobId: params.job.id }, row.key)
  const there = tables.requests.newestUnder(key)
  if (there === undefined) return putNew(tables, { params, open, row, supersedes: null })
  const { id } = there.request
  const type = there.paramsHash === hexOf(row.paramsHash) ? 'same' : 'conflict'
  const listedRow = open?.rows.get(id)
  if (listedRow !== undefined && listedRow !== null && listedRow !== row.row) {
    return { type, id, part: there.part, repeatsRow: listedRow }
  }
  if (type === 'conflict' && params.onConflict === 'supersede') {
    return putNew(tables, { params, open, row, supersedes: there })
  }
  // The copies in the store were what it failed for, or the one that it tries again.
  if (type === 'same' && verdictSoFar(tables, there)?.reason === 'file_damaged') {
    tables.bytes.blobKeys(params.project, row.blobs ?? [])
  }
  if (type === 'same' || params.onConflict === 'keep') open?.rows.set(id, row.row)
  return { type, id, part: there.part, repeatsRow: null }
}

function verdictSoFar(tables: Tables, { request, supersedes }: StoredRequest): Verdict | null {
  if (request.verdict !== null || supersedes === null) return request.verdict
  return tables.requests.get(supersedes)?.request.verdict ?? null
}

function putNew(
  tables: Tables,
  from: {
    readonly params: PutParams
    readonly open: OpenPart | null
    readonly row: IntakeRow
    readonly supersedes: StoredRequest | null
  },
): PutAnswer {
  const { open, row, supersedes } = from
  const stored = newRequest(tables, from)
  const { id } = stored.request
  if (supersedes !== null) {
    tables.requests.update(supersedes.request.id, { supersededBy: id })
    open?.rows.delete(supersedes.request.id)
  }
  tables.requests.insert(stored)
  open?.put.add(id)
  open?.rows.set(id, row.row)
  return { type: 'new', id, part: stored.part, repeatsRow: null }
}

function newRequest(
  tables: Tables,
  from: {
    readonly params: PutParams
    readonly open: OpenPart | null
    readonly row: IntakeRow
    readonly supersedes: StoredRequest | null
  },
): StoredRequest {
  const { params, row } = from
  const prefixId = tables.bytes.prefixId(params.project, row.prefix)
  const blobKeys = tables.bytes.blobKeys(params.project, row.blobs ?? [])
  return {
    request: Object.freeze({
      id: tables.nextId<RequestId>(),
      project: params.project,
      account: params.account,
      queue: params.queue,
      jobId: params.job?.id ?? null,
      row: params.job === null ? null : row.row,
      key: row.key,
      lane: row.lane,
      model: row.model,
      maxTokens: row.maxTokens,
      itemBytes: row.itemBytes,
      bodyId: tables.bytes.addBody(prefixId, row.body, blobKeys),
      labels: frozenCopy(row.labels),
      state: 'waiting',
      verdict: null,
      result: null,
      notBefore: 0,
      deadlineAt: row.deadlineAt,
      createdAt: tables.now(),
      doneAt: null,
      cancelRequestedAt: null,
      attemptCount: 0,
      failureCount: 0,
      expiryCount: 0,
      batchLimit: null,
      supersededBy: null,
    }),
    part: params.job?.part ?? 0,
    listedPart: 0,
    accepted: params.job === null,
    paramsHash: hexOf(row.paramsHash),
    prefixId,
    supersedes: from.supersedes?.request.id ?? null,
  }
}
