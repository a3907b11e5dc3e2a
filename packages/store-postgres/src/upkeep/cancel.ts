import type { ProjectId, RequestId } from '@halfrate/core'
import { type RequestsNow, requestStates, submissionStates } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { type AttemptFacts, attemptsOf, isLive, isUnsent } from '../requests/attempt-facts.js'
import { lockRequests } from '../requests/lock-requests.js'
import { RequestWrites } from '../requests/request-writes.js'
import { checkPage, type Session, type Step } from '../session.js'

type CancelReason = 'canceled' | 'superseded'

// By id.
const READ = `SELECT id, state, project_id, cancel_requested_at FROM requests_now
  WHERE id = ANY($1::bigint[]) AND project_id = coalesce($2, project_id) ORDER BY id`
const FLAG = 'UPDATE requests SET cancel_requested_at = $1 WHERE id = ANY($2::bigint[])'

// By id. A batch at Claude is looked at soon, since it may be of no use to anybody now.
const WISH = `UPDATE submissions SET cancel_requested_at = coalesce(cancel_requested_at, $1),
  next_step_at = CASE WHEN state = $2 THEN least(next_step_at, $1) ELSE next_step_at END
  WHERE id = ANY($3::bigint[])`
const IN_PROGRESS = submissionStates.code('in_progress')

interface Canceled {
  canceled: number
  withdrawn: number
  flagged: number
}

/** See `UpkeepStore.cancel`. */
export function cancel(
  session: Session,
  params: Readonly<{
    project: ProjectId
    requestIds: readonly RequestId[]
    reason: CancelReason
  }>,
): Promise<Canceled> {
  checkPage(session, params.requestIds)
  return session.write(async (step) => {
    const [projectId] = await step.names.find(step.db, [params.project])
    if (projectId == null) return { canceled: 0, withdrawn: 0, flagged: 0 }
    return cancelRequests(step, params.requestIds, params.reason, projectId)
  })
}

type CancelRow = Pick<RequestsNow, 'id' | 'state' | 'cancel_requested_at'>

/** Cancels requests as far as that is still possible; of one project, or of any for null. */
export async function cancelRequests(
  step: Step,
  requestIds: readonly number[],
  reason: CancelReason,
  projectId: number | null,
): Promise<Canceled> {
  const counts = { canceled: 0, withdrawn: 0, flagged: 0 }
  if (requestIds.length === 0) return counts
  await lockRequests(step, requestIds, 'unsent')
  const rows = await step.db.all<CancelRow>(READ, numbers(requestIds), projectId)
  const open = rows.filter((row) => requestStates.word(row.state) !== 'done')
  const attempts = await attemptsOf(
    step,
    open.map((row) => row.id),
  )
  const writes = new RequestWrites()
  const flagged: number[] = []
  const wished = new Set<number>()
  for (const row of open) {
    const live = (attempts.get(row.id) ?? []).filter(isLive)
    const sent = live.filter((attempt) => !isUnsent(attempt))
    if (sent.length > 0) {
      if (row.cancel_requested_at !== null) continue
      flagged.push(row.id)
      for (const attempt of sent) wished.add(attempt.submission_id)
      continue
    }
    end(writes, row, { live, reason, now: step.now })
    counts[live.length === 0 ? 'canceled' : 'withdrawn'] += 1
  }
  if (flagged.length > 0) {
    await step.db.run(FLAG, step.now, numbers(flagged))
    await step.db.run(WISH, step.now, IN_PROGRESS, numbers([...wished]))
  }
  await writes.flush(step)
  return { ...counts, flagged: flagged.length }
}

function end(
  writes: RequestWrites,
  row: CancelRow,
  params: {
    readonly live: readonly AttemptFacts[]
    readonly reason: CancelReason
    readonly now: number
  },
): void {
  const { live: attempts, reason, now } = params
  const verdict = { status: 'canceled', reason, detail: null } as const
  const from = requestStates.word(row.state)
  writes.finishEverywhere(row.id, from, { verdict, result: null }, { attempts, now })
}
