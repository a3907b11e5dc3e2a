import type { ProjectId, RequestId } from '@halfrate/core'
import { type RequestsNow, requestStates, submissionStates } from '@halfrate/store-sql'
import { attemptsOf, finishEverywhere, isLive, isUnsent } from '../members.js'
import { checkPage, type Session } from '../session.js'

/** How canceling one request went. */
export type CancelCase = 'canceled' | 'withdrawn' | 'flagged' | 'none'

type CancelRow = Pick<RequestsNow, 'state' | 'project_id' | 'cancel_requested_at'>

// Both by id.
const READ = 'SELECT state, project_id, cancel_requested_at FROM requests_now WHERE id = ?'
const FLAG = 'UPDATE requests SET cancel_requested_at = ? WHERE id = ?'

// By id. A batch at Claude is looked at soon, since it may be of no use to anybody now.
const WISH = `UPDATE submissions SET cancel_requested_at = coalesce(cancel_requested_at, ?),
  next_step_at = CASE WHEN state = ? THEN min(next_step_at, ?) ELSE next_step_at END WHERE id = ?`
const IN_PROGRESS = submissionStates.code('in_progress')

/** See `UpkeepStore.cancel`. */
export function cancel(
  session: Session,
  params: Readonly<{
    project: ProjectId
    requestIds: readonly RequestId[]
    reason: 'canceled' | 'superseded'
  }>,
): { readonly canceled: number; readonly withdrawn: number; readonly flagged: number } {
  checkPage(session, params.requestIds)
  const counts = { canceled: 0, withdrawn: 0, flagged: 0, none: 0 }
  const projectId = session.names.find(params.project)
  for (const id of params.requestIds) {
    const row = session.db.get<CancelRow>(READ, id)
    if (row?.project_id !== projectId) continue
    counts[cancelOne(session, id, row, params.reason)] += 1
  }
  const { canceled, withdrawn, flagged } = counts
  return { canceled, withdrawn, flagged }
}

/** Cancels a request as far as that is still possible. */
export function cancelOne(
  session: Session,
  id: number,
  row: Pick<CancelRow, 'state' | 'cancel_requested_at'>,
  reason: 'canceled' | 'superseded',
): CancelCase {
  const state = requestStates.word(row.state)
  if (state === 'done') return 'none'
  const live = attemptsOf(session, id).filter(isLive)
  const sent = live.filter((attempt) => !isUnsent(attempt))
  if (sent.length > 0) {
    if (row.cancel_requested_at !== null) return 'none'
    const now = session.now()
    session.db.run(FLAG, now, id)
    for (const attempt of sent) session.db.run(WISH, now, IN_PROGRESS, now, attempt.submission_id)
    return 'flagged'
  }
  finishEverywhere(session, id, state, {
    verdict: { status: 'canceled', reason, detail: null },
    result: null,
  })
  return live.length === 0 ? 'canceled' : 'withdrawn'
}
