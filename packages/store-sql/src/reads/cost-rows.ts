import { InvariantError, type Submission } from '@halfrate/core'
import {
  COST_SUBMISSIONS,
  type CostPlaces,
  type CostRow,
  type CostsQuery,
  costRowOf,
} from '@halfrate/core/money'
import { type CompiledQuery, sql } from 'kysely'
import { textOfAny } from '../any-text.js'
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf, USAGE_COLUMNS } from '../rows/attempt-row.js'
import type { NameOf } from '../rows/name-of.js'
import { type RequestRow, requestOf } from '../rows/request-row.js'
import type { JobsTable, SubmissionsTable } from '../tables.js'
import type { Queries } from './queries.js'

/**
 * The submissions whose cost belongs to a time, by id from that of the cursor on.
 *
 * Goes through submissions by their primary key, which are far fewer than attempts: over all pages of one reading each is
 * looked at once. The sum keeps planners from the index of queues, by which they would have to be sorted. The instant is that of
 * `billedAt` of the core.
 */
export function costSubmissionsQuery(
  queries: Queries,
  { projectId, from, to, after }: Omit<CostsQuery, 'project' | 'limit'> & { projectId: number },
): CompiledQuery<SubmissionsTable> {
  const at = sql`coalesce(s.remote_ended_at, s.ended_at, s.send_started_at, s.opened_at)`
  return sql<SubmissionsTable>`select s.* from submissions s
    where s.id >= ${after?.submissionId ?? 0} and s.project_id + 0 = ${projectId}
      and ${at} >= ${from} and ${at} < ${to}
    order by s.id limit ${COST_SUBMISSIONS}`.compile(queries)
}

/**
 * The attempts at some places that have an outcome or may have been paid, with their usage.
 *
 * Uses the primary key of attempts: several submissions whole, or a range of one.
 */
export function costAttemptsQuery(
  queries: Queries,
  { submissionIds, from, to }: CostPlaces,
): CompiledQuery<AttemptRow> {
  const [only] = submissionIds
  const where =
    submissionIds.length === 1
      ? sql<boolean>`a.submission_id = ${only} and a.ordinal >= ${from} and a.ordinal < ${to}`
      : sql<boolean>`a.submission_id in ${queries.words.idList(submissionIds)}`
  return queries
    .selectFrom('attempts_now as a')
    .leftJoin('results as x', 'x.id', 'a.result_id')
    .select(ATTEMPT_COLUMNS.map((column) => `a.${column}` as const))
    .select(USAGE_COLUMNS.map((column) => `x.${column}` as const))
    .where(where)
    .where(sql<boolean>`(a.outcome is not null or a.possibly_paid = 1)`)
    .orderBy('a.submission_id')
    .orderBy('a.ordinal')
    .compile() as CompiledQuery<AttemptRow>
}

/** The names of jobs, by id. */
export function jobNamesQuery(
  queries: Queries,
  ids: readonly number[],
): CompiledQuery<Pick<JobsTable, 'id' | 'name'>> {
  return queries
    .selectFrom('jobs')
    .select(['id', 'name'])
    .where(sql<boolean>`id in ${queries.words.idList(ids)}`)
    .compile()
}

/** Puts the rows that {@link costAttemptsQuery} found to what they belong to. */
export function costRowsOf(parts: {
  readonly attempts: readonly AttemptRow[]
  readonly requests: readonly RequestRow[]
  readonly jobs: readonly Pick<JobsTable, 'id' | 'name'>[]
  readonly batches: readonly Submission[]
  readonly nameOf: NameOf
}): readonly CostRow[] {
  const { nameOf } = parts
  const requests = new Map(parts.requests.map((row) => [row.id, requestOf(row, nameOf)]))
  const jobs = new Map(parts.jobs.map(({ id, name }) => [id, textOfAny(name)]))
  const batches = new Map(parts.batches.map((batch) => [batch.id as number, batch]))
  return parts.attempts.map((row) => {
    const request = requests.get(row.request_id)
    const batch = batches.get(row.submission_id)
    if (request === undefined || batch === undefined) {
      throw new InvariantError(`Attempt ${row.submission_id}:${row.ordinal} belongs to nothing.`)
    }
    const jobName = request.jobId === null ? null : (jobs.get(request.jobId) ?? null)
    return costRowOf({ attempt: attemptOf(row, nameOf), request, batch, jobName })
  })
}
