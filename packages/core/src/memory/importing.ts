import { ConfigError } from '../errors.js'
import type { JobId, ProjectId, RequestId, SubmissionId } from '../model/ids.js'
import type { Job } from '../model/job.js'
import type { Submission } from '../model/submission.js'
import { importedSubmission } from '../policy/evidence.js'
import type { ResultLine } from '../ports/store-collecting.js'
import type { ImportedLine, ImportParams, ImportResult } from '../ports/store-sending.js'
import { refOf } from './attempt-table.js'
import { hexOf } from './byte-text.js'
import { frozenCopy } from './frozen-copy.js'
import { finish } from './membership.js'
import { settle } from './settling.js'
import { keyText } from './stored-request.js'
import { remoteKey } from './submission-table.js'
import type { Tables } from './tables.js'

/** See {@link SendingStore.importSubmission}. */
export function importSubmission(tables: Tables, params: ImportParams): ImportResult {
  tables.checkPage(params.lines)
  checkHome(tables, params)
  const submission = submissionFor(tables, params)
  const added: { readonly id: RequestId; readonly line: ImportedLine }[] = []
  const lines = params.lines.map((line): ResultLine => {
    const there = requestOf(tables, submission.project, params, line)
    const requestId = there ?? addRequest(tables, submission, params, line)
    if (there === null) added.push({ id: requestId, line })
    return { ...line, requestId }
  })
  const settled = settle(tables, { submissionId: submission.id, addMissing: true, lines })
  let ended = 0
  for (const { id, line } of added) ended += endRequest(tables, submission, id, line)
  const { fresh, unknown, conflicts } = settled
  const done = settled.done + ended
  return { submission, fresh, done, added: added.length, unknown, conflicts }
}

// Before anything is written, so that the call is refused whole.
function checkHome(tables: Tables, params: ImportParams): void {
  const known = tables.submissions.byRemoteId(params.account, params.batch.id)
  const first = tables.requests.get(params.firstRequestId ?? (0 as RequestId))?.request
  const { project } = known ?? first ?? params.home
  const job = tables.jobs.byName(project, params.home.job)
  if (job === undefined || job.committedPart > 0) return
  if (params.lines.every((line) => requestOf(tables, project, params, line) !== null)) return
  throw new ConfigError(
    `job "${params.home.job}" is being filled, so batches can't be taken in under it.`,
    'Go on when its rows are taken in, or name another job.',
  )
}

function submissionFor(tables: Tables, params: ImportParams): Submission {
  const { account, nonce } = params
  const batch = frozenCopy(params.batch)
  const known = tables.submissions.byRemoteId(account, batch.id)
  if (known !== undefined) return known
  const first = tables.requests.get(params.firstRequestId ?? (0 as RequestId))?.request
  const original = tables.submissions.byNonce(nonce) ?? null
  const look = frozenCopy(params.look)
  const home = first ?? params.home
  const row = importedSubmission({ account, batch, nonce, look, home, original }, tables.now())
  tables.foreign.delete(remoteKey(account, batch.id))
  return tables.submissions.insert({ ...row, id: tables.nextId<SubmissionId>() })
}

// By the id that its custom id names, else by the custom id as a key of the home's job.
function requestOf(
  tables: Tables,
  project: ProjectId,
  params: ImportParams,
  line: ImportedLine,
): RequestId | null {
  const byId = line.requestId === null ? undefined : tables.requests.get(line.requestId)
  if (byId !== undefined) return byId.request.id
  const job = tables.jobs.byName(project, params.home.job)
  if (job === undefined) return null
  const byKey = tables.requests.newestUnder(keyText({ jobId: job.id }, line.key))
  return byKey?.request.id ?? null
}

function addRequest(
  tables: Tables,
  submission: Submission,
  params: ImportParams,
  line: ImportedLine,
): RequestId {
  const job = jobFor(tables, submission, params)
  const id = tables.nextId<RequestId>()
  const { project, account, queue, lane } = submission
  tables.requests.insert({
    request: Object.freeze({
      ...{ id, project, account, queue, jobId: job.id, row: job.rowCount + 1, key: line.key },
      ...{ lane, model: line.model, maxTokens: 0, itemBytes: 0 },
      bodyId: tables.bytes.addBody(0, new Uint8Array(), []),
      labels: null,
      ...{ state: 'waiting', verdict: null, result: null, notBefore: 0, deadlineAt: null },
      ...{ createdAt: tables.now(), doneAt: null, cancelRequestedAt: null },
      ...{ attemptCount: 0, failureCount: 0, expiryCount: 0 },
      ...{ batchLimit: null, supersededBy: null },
    } as const),
    part: job.committedPart,
    listedPart: job.committedPart,
    accepted: true,
    paramsHash: hexOf(new Uint8Array(16)),
    prefixId: 0,
    supersedes: null,
  })
  tables.jobs.write({ ...job, rowCount: job.rowCount + 1 })
  tables.jobs.listings.delete(job.id)
  return id
}

function jobFor(tables: Tables, submission: Submission, { home }: ImportParams): Job {
  const { project, queue } = submission
  const there = tables.jobs.byName(project, home.job)
  if (there !== undefined) return there
  const now = tables.now()
  return tables.jobs.write({
    ...{ id: tables.nextId<JobId>(), project, queue, name: home.job, state: 'committed' },
    ...{ committedPart: 1, openPart: 1, fill: 0, sourceDigest: null, rowCount: 0 },
    ...{ createdAt: now, committedAt: now },
  })
}

// A success that is usable has ended it already.
function endRequest(
  tables: Tables,
  submission: Submission,
  id: RequestId,
  line: ImportedLine,
): number {
  if (tables.requests.need(id).request.state === 'done') return 0
  const attempt = tables.attempts.find(submission.id, id)
  finish(tables, id, { verdict: line.end, result: attempt === undefined ? null : refOf(attempt) })
  return 1
}
