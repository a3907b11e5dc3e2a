import {
  InvariantError,
  type JobId,
  type ProjectId,
  type QueueName,
  type RequestId,
  type RequestLife,
} from '@halfrate/core'
import {
  attemptOf,
  attemptsOfRequestQuery,
  childBodiesQuery,
  childBodyOf,
  keyQuery,
  olderRequestsQuery,
  postgresQueries,
  requestByIdQuery,
  requestOf,
  type SubmissionsTable,
} from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import type { Session, Step } from '../session.js'
import { submissionsOfRows } from '../submissions.js'
import { requestNames } from './request-names.js'
import { runQuery } from './run-query.js'

type Params = Readonly<
  | { project: ProjectId; id: RequestId }
  | {
      project: ProjectId
      scope: { jobId: JobId } | { queue: QueueName }
      key: string
      keyHash: Uint8Array
    }
>

const SUBMISSIONS = 'SELECT * FROM submissions WHERE id = ANY($1::bigint[])'

/** See `ReadStore.getRequest`. What it answers is of one moment. */
export function getRequest(session: Session, params: Params): Promise<RequestLife | null> {
  return session.page(async (step) => {
    const [projectId] = await step.names.find(step.db, [params.project])
    if (projectId == null) return null
    const id = 'id' in params ? params.id : await newestId(step, projectId, params)
    return id === null ? null : lifeOf(step, projectId, { ...params, id })
  })
}

async function lifeOf(
  step: Step,
  projectId: number,
  { id, ...params }: { readonly id: number; readonly key?: string },
): Promise<RequestLife | null> {
  const { db } = step
  const rows = await runQuery(db, requestByIdQuery(postgresQueries, projectId, id))
  const [row] = rows
  if (row === undefined) return null
  if (params.key !== undefined && row.key !== params.key) return null
  const attempts = await runQuery(db, attemptsOfRequestQuery(postgresQueries, id))
  const chain = await runQuery(db, olderRequestsQuery(postgresQueries, id))
  const submissionIds = attempts.map((attempt) => attempt.submission_id)
  const found = await db.all<SubmissionsTable>(SUBMISSIONS, numbers(submissionIds))
  const submissions = new Map((await submissionsOfRows(step, found)).map((each) => [each.id, each]))
  const made = await runQuery(db, childBodiesQuery(postgresQueries, id))
  const nameOf = await requestNames(step, rows)
  return {
    request: requestOf(row, nameOf),
    attempts: attempts.map((each) => {
      const attempt = attemptOf(each, nameOf)
      const submission = submissions.get(attempt.submissionId)
      if (submission !== undefined) return { attempt, submission }
      const { submissionId } = attempt
      throw new InvariantError(`An attempt names submission ${submissionId}, which is not there.`)
    }),
    changedBodies: made.map(childBodyOf),
    replaced: chain.slice(1).map((older) => older.id as RequestId),
  }
}

// The key names the newest request; while that one's part is open, the one before it is shown.
async function newestId(
  step: Step,
  projectId: number,
  params: Extract<Params, { key: string }>,
): Promise<number | null> {
  const scopeId = await scopeIdOf(step, params.scope)
  if (scopeId === null) return null
  const query = keyQuery(postgresQueries, projectId, scopeId, params.keyHash)
  const [held] = await runQuery(step.db, query)
  if (held === undefined) return null
  const chain = await runQuery(step.db, olderRequestsQuery(postgresQueries, held.request_id))
  return chain.find((each) => each.is_accepted === 1)?.id ?? null
}

async function scopeIdOf(
  { db, names }: Step,
  scope: Extract<Params, { key: string }>['scope'],
): Promise<number | null> {
  if ('jobId' in scope) return scope.jobId
  const [queueId] = await names.find(db, [scope.queue])
  return queueId == null ? null : -queueId
}
