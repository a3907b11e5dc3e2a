import type { SubmissionId } from '@halfrate/core'
import { type CostsPage, type CostsQuery, costPlaces } from '@halfrate/core/money'
import {
  costAttemptsQuery,
  costRowsOf,
  costSubmissionsQuery,
  jobNamesQuery,
  postgresQueries,
  requestsByIdQuery,
} from '@halfrate/store-sql'
import { pageOf, type Session, type Step } from '../session.js'
import { submissionsOfRows } from '../submissions.js'
import { requestNames } from './request-names.js'
import { runQuery } from './run-query.js'

/** See `ReadStore.readCosts`. */
export function readCosts(session: Session, query: CostsQuery): Promise<CostsPage> {
  return session.page(async (step) => {
    const [projectId] = await step.names.find(step.db, [query.project])
    if (projectId == null) return { rows: [], next: null }
    return pageFor(step, { ...query, projectId })
  })
}

async function pageFor(
  step: Step,
  query: CostsQuery & { readonly projectId: number },
): Promise<CostsPage> {
  const { db } = step
  const found = await runQuery(db, costSubmissionsQuery(postgresQueries, query))
  const places = costPlaces(
    found.map((row) => ({ id: row.id as SubmissionId, places: row.next_ordinal })),
    { after: query.after, limit: pageOf(step, query.limit) },
  )
  const { submissionIds, next } = places
  if (submissionIds.length === 0) return { rows: [], next }
  const attempts = await runQuery(db, costAttemptsQuery(postgresQueries, places))
  const ids = [...new Set(attempts.map((row) => row.request_id))]
  const requests = await runQuery(db, requestsByIdQuery(postgresQueries, ids))
  const jobIds = [...new Set(requests.map((row) => row.job_id))]
  const jobs = await runQuery(db, jobNamesQuery(postgresQueries, jobIds))
  const chosen = found.filter(({ id }) => submissionIds.includes(id as SubmissionId))
  const batches = await submissionsOfRows(step, chosen)
  const nameOf = await requestNames(step, requests)
  return { rows: costRowsOf({ attempts, requests, jobs, batches, nameOf }), next }
}
