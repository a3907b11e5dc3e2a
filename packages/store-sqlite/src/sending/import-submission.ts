import {
  ConfigError,
  type ImportedLine,
  type ImportParams,
  type ImportResult,
  importedSubmission,
  type RequestId,
  type ResultLine,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { anyTextOf, type JobsTable, type RequestsNow, requestStates } from '@halfrate/store-sql'
import { settle } from '../collecting/settle.js'
import { needJobRow } from '../intake/jobs.js'
import { finishEverywhere } from '../members.js'
import { insertSubmission } from '../planning/insert-submission.js'
import { findByNonce } from '../planning/open-submission.js'
import { checkPage, type Session } from '../session.js'
import { takeIds } from '../take-ids.js'
import { findByRemoteId } from './record-evidence.js'

/** See `SendingStore.importSubmission`. */
export function importSubmission(session: Session, params: ImportParams): ImportResult {
  checkPage(session, params.lines)
  const submission = submissionFor(session, params)
  const added: { readonly id: RequestId; readonly line: ImportedLine }[] = []
  const lines = params.lines.map((line): ResultLine => {
    const there = requestOf(session, submission, params, line)
    const requestId = there ?? addRequest(session, submission, params, line)
    if (there === null) added.push({ id: requestId, line })
    return { ...line, requestId }
  })
  const settled = settle(session, { submissionId: submission.id, addMissing: true, lines })
  let ended = 0
  for (const { id, line } of added) ended += endRequest(session, submission, id, line)
  const { fresh, unknown, conflicts } = settled
  const done = settled.done + ended
  return { submission, fresh, done, added: added.length, unknown, conflicts }
}

// By primary key.
const PLACE = 'SELECT project_id, queue_id, lane_id FROM requests WHERE id = ?'
const NOT_FOREIGN = 'DELETE FROM foreign_batches WHERE account_id = ? AND remote_id = ?'

function submissionFor(session: Session, params: ImportParams): Submission {
  const { account, batch, nonce, look } = params
  const known = findByRemoteId(session, account, batch.id)
  if (known !== undefined) return known
  const original = findByNonce(session, account, nonce) ?? null
  const home = placeOf(session, params.firstRequestId) ?? params.home
  const row = importedSubmission({ account, batch, nonce, look, home, original }, session.now())
  const submission: Submission = { ...row, id: takeIds(session, 1) as SubmissionId }
  insertSubmission(session, submission)
  session.db.run(NOT_FOREIGN, session.names.idOf(account), anyTextOf(batch.id))
  return submission
}

type Place = Pick<Submission, 'project' | 'queue' | 'lane'>
type PlaceRow = Pick<RequestsNow, 'project_id' | 'queue_id' | 'lane_id'>

function placeOf(session: Session, requestId: RequestId | null): Place | null {
  const row = session.db.get<PlaceRow>(PLACE, requestId)
  if (row === undefined) return null
  const { textOf } = session.names
  const place = {
    project: textOf(row.project_id),
    queue: textOf(row.queue_id),
    lane: textOf(row.lane_id),
  }
  return place as Place
}

const BY_ID = 'SELECT id FROM requests WHERE id = ?'
// Both by a unique index.
const JOB = 'SELECT * FROM jobs WHERE project_id = ? AND name = ?'
const HELD = 'SELECT request_id AS id FROM keys WHERE project_id = ? AND scope_id = ? AND hash = ?'

interface IdRow {
  readonly id: RequestId
}

// By the id that its custom id names, else by the custom id as a key of the home's job.
function requestOf(
  session: Session,
  submission: Submission,
  params: ImportParams,
  line: ImportedLine,
): RequestId | null {
  const byId = line.requestId === null ? undefined : session.db.get<IdRow>(BY_ID, line.requestId)
  if (byId !== undefined) return byId.id
  const job = findJob(session, submission, params)
  if (job === undefined) return null
  return session.db.get<IdRow>(HELD, job.project_id, job.id, line.keyHash)?.id ?? null
}

function findJob(
  session: Session,
  { project }: Submission,
  { home }: ImportParams,
): JobsTable | undefined {
  return session.db.get<JobsTable>(JOB, session.names.idOf(project), anyTextOf(home.job))
}

const ADD_JOB = `INSERT INTO jobs (id, project_id, queue_id, name, state, committed_part, open_part,
    open_part_rows, open_part_at, open_part_from_id, row_count, created_at, committed_at, last_id, done_up_to_id)
  VALUES (?, ?, ?, ?, 1, 1, 1, 0, 0, 0, 0, ?, ?, 0, 0)`

function jobFor(session: Session, submission: Submission, params: ImportParams): JobsTable {
  const there = findJob(session, submission, params)
  if (there !== undefined && there.committed_part > 0) return there
  if (there !== undefined) {
    throw new ConfigError(
      `job "${params.home.job}" is being filled, so batches can't be taken in under it.`,
      'Go on when its rows are taken in, or name another job.',
    )
  }
  const now = session.now()
  const { names } = session
  const projectId = names.idOf(submission.project)
  const queueId = names.idOf(submission.queue)
  const id = takeIds(session, 1)
  session.db.run(ADD_JOB, id, projectId, queueId, anyTextOf(params.home.job), now, now)
  return needJobRow(session, id)
}

const ADD_BODY = `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, bytes)
  VALUES (?, ?, ?, 0, ?, ?)`
const ADD_REQUEST = `INSERT INTO requests (id, project_id, account_id, queue_id, lane_id, job_id, part,
    listed_part, "row", listed_before_part, "key", params_hash, body_id, prefix_id, model_id,
    max_tokens, item_bytes, created_at, not_before, batch_limit, failure_count, expiry_count)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, ?, 0, 0, ?, 0, 0, 0, 0)`
const ADD_PROGRESS = 'INSERT INTO progress (id, state, attempt_count) VALUES (?, 0, 0)'
const ADD_KEY = 'INSERT INTO keys (project_id, scope_id, hash, request_id) VALUES (?, ?, ?, ?)'
const LIST = 'UPDATE jobs SET row_count = row_count + 1, last_id = max(last_id, ?) WHERE id = ?'

// It does not join the queue: there are no params to send.
function addRequest(
  session: Session,
  submission: Submission,
  params: ImportParams,
  line: ImportedLine,
): RequestId {
  const { db, names } = session
  const job = jobFor(session, submission, params)
  const id = takeIds(session, 1)
  const projectId = job.project_id
  const accountId = names.idOf(submission.account)
  db.run(ADD_BODY, id, projectId, accountId, line.keyHash, new Uint8Array())
  db.run(
    ADD_REQUEST,
    ...[id, projectId, accountId, names.idOf(submission.queue), names.idOf(submission.lane)],
    ...[job.id, job.committed_part, job.committed_part, job.row_count + 1, anyTextOf(line.key)],
    ...[new Uint8Array(16), id, names.idOf(line.model), session.now()],
  )
  db.run(ADD_PROGRESS, id)
  db.run(ADD_KEY, projectId, job.id, line.keyHash, id)
  db.run(LIST, id, job.id)
  return id as RequestId
}

const STATE = 'SELECT state FROM progress WHERE id = ?'
const ATTEMPT = `SELECT ordinal FROM attempts INDEXED BY attempts_request
  WHERE request_id = ? AND submission_id = ?`

// A success that is usable has ended it already.
function endRequest(
  session: Session,
  submission: Submission,
  id: RequestId,
  line: ImportedLine,
): number {
  const state = session.db.get<{ state: number }>(STATE, id)?.state ?? 0
  if (requestStates.word(state) === 'done') return 0
  const attempt = session.db.get<{ ordinal: number }>(ATTEMPT, id, submission.id)
  const result =
    attempt === undefined ? null : { submissionId: submission.id, ordinal: attempt.ordinal }
  finishEverywhere(session, id, requestStates.word(state), { verdict: line.end, result })
  return 1
}
