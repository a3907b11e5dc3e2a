import {
  type AttemptLife,
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
  type RequestRow,
  requestByIdQuery,
  requestOf,
  type SubmissionsTable,
  sqliteQueries,
  submissionOf,
  textOfAny,
} from '@halfrate/store-sql'
import type { Session } from '../session.js'
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

const SUBMISSION = 'SELECT * FROM submissions WHERE id = ?'

/** See `ReadStore.getRequest`. */
export function getRequest(session: Session, params: Params): RequestLife | null {
  const projectId = session.names.find(params.project)
  if (projectId === null) return null
  const id = 'id' in params ? params.id : newestId(session, projectId, params)
  if (id === null) return null
  const { reader, names } = session
  const row = findRow(session, projectId, id)
  if (row === undefined) return null
  if ('key' in params && textOfAny(row.key) !== params.key) return null
  const attempts = runQuery(reader, attemptsOfRequestQuery(sqliteQueries, id))
  const chain = runQuery(reader, olderRequestsQuery(sqliteQueries, id))
  return {
    request: requestOf(row, names.textOf),
    attempts: attempts.map((attempt) => withSubmission(session, attempt)),
    changedBodies: runQuery(reader, childBodiesQuery(sqliteQueries, id)).map(childBodyOf),
    replaced: chain.slice(1).map((older) => older.id as RequestId),
  }
}

function findRow(session: Session, projectId: number, id: number): RequestRow | undefined {
  return runQuery(session.reader, requestByIdQuery(sqliteQueries, projectId, id))[0]
}

// The key names the newest request; while that one's part is open, the one before it is shown.
function newestId(
  session: Session,
  projectId: number,
  params: Extract<Params, { key: string }>,
): number | null {
  const { scope, keyHash } = params
  const queueId = 'queue' in scope ? session.names.find(scope.queue) : null
  const scopeId = 'jobId' in scope ? scope.jobId : queueId === null ? null : -queueId
  if (scopeId === null) return null
  const [held] = runQuery(session.reader, keyQuery(sqliteQueries, projectId, scopeId, keyHash))
  if (held === undefined) return null
  const chain = runQuery(session.reader, olderRequestsQuery(sqliteQueries, held.request_id))
  return chain.find((each) => each.is_accepted === 1)?.id ?? null
}

function withSubmission(session: Session, row: Parameters<typeof attemptOf>[0]): AttemptLife {
  const { textOf } = session.names
  const submission = session.reader.get<SubmissionsTable>(SUBMISSION, row.submission_id)
  if (submission === undefined) {
    throw new InvariantError(
      `An attempt names submission ${row.submission_id}, which is not there.`,
    )
  }
  return { attempt: attemptOf(row, textOf), submission: submissionOf(submission, textOf) }
}
