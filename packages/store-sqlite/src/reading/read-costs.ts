import type { SubmissionId } from '@halfrate/core'
import { type CostsPage, type CostsQuery, costPlaces } from '@halfrate/core/money'
import {
  costAttemptsQuery,
  costRowsOf,
  costSubmissionsQuery,
  jobNamesQuery,
  requestsByIdQuery,
  sqliteQueries,
  submissionOf,
} from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'
import { runQuery } from './run-query.js'

/** See `ReadStore.readCosts`. */
export function readCosts(session: Session, query: CostsQuery): CostsPage {
  const projectId = session.names.find(query.project)
  if (projectId === null) return { rows: [], next: null }
  return session.reader.snapshot(() => pageFor(session, { ...query, projectId }))
}

function pageFor(session: Session, query: CostsQuery & { readonly projectId: number }): CostsPage {
  const { reader } = session
  const { textOf } = session.names
  const found = runQuery(reader, costSubmissionsQuery(sqliteQueries, query))
  const places = costPlaces(
    found.map((row) => ({ id: row.id as SubmissionId, places: row.next_ordinal })),
    { after: query.after, limit: pageOf(session, query.limit) },
  )
  const { submissionIds, next } = places
  if (submissionIds.length === 0) return { rows: [], next }
  const attempts = runQuery(reader, costAttemptsQuery(sqliteQueries, places))
  const ids = [...new Set(attempts.map((row) => row.request_id))]
  const requests = runQuery(reader, requestsByIdQuery(sqliteQueries, ids))
  const jobIds = [...new Set(requests.map((row) => row.job_id))]
  const jobs = runQuery(reader, jobNamesQuery(sqliteQueries, jobIds))
  const chosen = found.filter(({ id }) => submissionIds.includes(id as SubmissionId))
  const batches = chosen.map((row) => submissionOf(row, textOf))
  return { rows: costRowsOf({ attempts, requests, jobs, batches, nameOf: textOf }), next }
}
