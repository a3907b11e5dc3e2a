import type { CostRow, CostsPage, CostsQuery } from '../model/cost-row.js'
import type { Submission } from '../model/submission.js'
import { COST_SUBMISSIONS, costPlaces } from '../policy/money/cost-places.js'
import { billedAt, costRowOf, isCost } from '../policy/money/cost-row-of.js'
import type { Tables } from './tables.js'

/** See {@link ReadStore.readCosts}. */
export function readCosts(tables: Tables, query: CostsQuery): CostsPage {
  const found = submissionsFrom(tables, query)
  const places = costPlaces(
    found.map(({ id }) => ({ id, places: tables.attempts.ofSubmission(id).length })),
    { after: query.after, limit: tables.pageOf(query.limit) },
  )
  const { submissionIds, from, to, next } = places
  return { rows: submissionIds.flatMap((id) => rowsOf(tables, id, { from, to })), next }
}

function submissionsFrom(tables: Tables, query: CostsQuery): readonly Submission[] {
  const { project, from, to, after } = query
  const found: Submission[] = []
  for (const batch of tables.submissions.all()) {
    if (batch.project !== project || batch.id < (after?.submissionId ?? 0)) continue
    const at = billedAt(batch)
    if (at >= from && at < to) found.push(batch)
  }
  return found.sort((a, b) => a.id - b.id).slice(0, COST_SUBMISSIONS)
}

function rowsOf(
  tables: Tables,
  id: Submission['id'],
  { from, to }: { readonly from: number; readonly to: number },
): readonly CostRow[] {
  const batch = tables.submissions.need(id)
  return tables.attempts
    .ofSubmission(id)
    .slice(from, to)
    .filter(isCost)
    .map((attempt) => {
      const { request } = tables.requests.need(attempt.requestId)
      const job = request.jobId === null ? undefined : tables.jobs.get(request.jobId)
      return costRowOf({ attempt, request, batch, jobName: job?.name ?? null })
    })
}
