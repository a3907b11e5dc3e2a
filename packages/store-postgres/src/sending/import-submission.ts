import {
  type ImportedLine,
  type ImportParams,
  type ImportResult,
  InvariantError,
  importedSubmission,
  type RequestId,
  type ResultLine,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { type RequestsNow, requestStates } from '@halfrate/store-sql'
import { settleIn } from '../collecting/settle.js'
import { numbers } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import { insertSubmission } from '../planning/insert-submission.js'
import { findByNonce } from '../planning/open-submission.js'
import { RequestWrites } from '../requests/request-writes.js'
import { checkPage, type Session, type Step } from '../session.js'
import { type AddedLine, ImportedRequests } from './imported-requests.js'
import { lockAccount } from './lock-account.js'
import { findByRemoteId } from './record-evidence.js'

/** Numbers that an import may need. */
interface ImportIds {
  readonly accountId: number
  readonly submissionId: SubmissionId
  readonly firstRequestId: number
  readonly firstResultId: number
}

/** See `SendingStore.importSubmission`. */
export async function importSubmission(
  session: Session,
  params: ImportParams,
): Promise<ImportResult> {
  const { lines, account, home } = params
  checkPage(session, lines)
  const models = new Set(lines.map((line) => line.model))
  const [accountId = 0] = await session.idsOf(
    ...[account, home.project, home.queue, home.lane],
    ...models,
  )
  // One for the submission, one for its job, and two a line.
  const first = await session.takeIds(2 + 2 * lines.length)
  const ids: ImportIds = {
    accountId,
    submissionId: first as SubmissionId,
    firstRequestId: first + 1,
    firstResultId: first + 2 + lines.length,
  }
  return session.write((step) => importIn(step, params, ids))
}

async function importIn(step: Step, params: ImportParams, ids: ImportIds): Promise<ImportResult> {
  await lockAccount(step, ids.accountId)
  const submission = await submissionFor(step, params, ids)
  const requests = new ImportedRequests({ step, submission, params, firstId: ids.firstRequestId })
  const requestIds = await requests.idsOf(params.lines)
  const lines = params.lines.map((line, index): ResultLine => {
    return { ...line, requestId: requestIds[index] as RequestId }
  })
  const settling = { submissionId: submission.id, addMissing: true, lines }
  const settled = await settleIn(step, settling, ids.firstResultId)
  const ended = await endRequests(step, submission, requests.added)
  const { fresh, unknown, conflicts } = settled
  const done = settled.done + ended
  return { submission, fresh, done, added: requests.added.length, unknown, conflicts }
}

const NOT_FOREIGN = 'DELETE FROM foreign_batches WHERE account_id = $1 AND remote_id = $2'

async function submissionFor(
  step: Step,
  params: ImportParams,
  { accountId, submissionId }: ImportIds,
): Promise<Submission> {
  const { account, batch, nonce, look } = params
  const known = await findByRemoteId(step, accountId, batch.id)
  if (known !== undefined) return known
  const original = (await findByNonce(step, accountId, nonce)) ?? null
  const home = (await placeOf(step, params.firstRequestId)) ?? params.home
  const row = importedSubmission({ account, batch, nonce, look, home, original }, step.now)
  const submission: Submission = { ...row, id: submissionId }
  const names = [submission.project, submission.queue, submission.lane]
  const [projectId, queueId, laneId] = await step.names.find(step.db, names)
  if (projectId == null || queueId == null || laneId == null) {
    throw new InvariantError(`The names of batch ${batch.id} are not there.`)
  }
  await insertSubmission(step, submission, { projectId, accountId, queueId, laneId })
  await step.db.run(NOT_FOREIGN, accountId, escapedText(batch.id))
  return submission
}

type Place = Pick<Submission, 'project' | 'queue' | 'lane'>
type PlaceRow = Pick<RequestsNow, 'project_id' | 'queue_id' | 'lane_id'>

// By primary key.
const PLACE = 'SELECT project_id, queue_id, lane_id FROM requests WHERE id = $1'

async function placeOf({ db, names }: Step, requestId: RequestId | null): Promise<Place | null> {
  const row = await db.get<PlaceRow>(PLACE, requestId)
  if (row === undefined) return null
  const nameOf = await names.readerOf(db, [row.project_id, row.queue_id, row.lane_id])
  const place = {
    project: nameOf(row.project_id),
    queue: nameOf(row.queue_id),
    lane: nameOf(row.lane_id),
  }
  return place as Place
}

// Both by the request's id.
const OPEN = `SELECT p.id, p.state, a.ordinal FROM unnest($2::bigint[]) v(id)
  JOIN progress p ON p.id = v.id AND p.state <> 2
  LEFT JOIN attempts a ON a.request_id = p.id AND a.submission_id = $1`

interface OpenRow {
  readonly id: number
  readonly state: number
  readonly ordinal: number | null
}

// A success that is usable has ended it already.
async function endRequests(
  step: Step,
  { id: submissionId }: Submission,
  added: readonly AddedLine[],
): Promise<number> {
  if (added.length === 0) return 0
  const lines = new Map<number, ImportedLine>(added.map(({ id, line }) => [id, line]))
  const open = await step.db.all<OpenRow>(OPEN, submissionId, numbers([...lines.keys()]))
  const writes = new RequestWrites()
  for (const { id, state, ordinal } of open) {
    const { end: verdict } = lines.get(id) as ImportedLine
    const result = ordinal === null ? null : { submissionId, ordinal }
    writes.finish(id, requestStates.word(state), { verdict, result })
  }
  await writes.flush(step)
  return open.length
}
