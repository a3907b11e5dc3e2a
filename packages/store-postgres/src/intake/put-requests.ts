import type { PutAnswer, PutParams } from '@halfrate/core'
import { notifyWork } from '../listening/notify-work.js'
import { checkPage, type Session, type Step } from '../session.js'
import { claimKeys } from './claim-keys.js'
import { mendBlobs } from './mend-blobs.js'
import { writeNewRequests } from './new-requests.js'
import { writeOlder } from './older-requests.js'
import { PutDecisions } from './put-decisions.js'
import { beginPage, type PutPage, type PutPlan, planPage } from './put-page.js'

/** See `IntakeStore.putRequests`. */
export async function putRequests(
  session: Session,
  params: PutParams,
): Promise<readonly PutAnswer[]> {
  checkPage(session, params.rows)
  const plan = await planPage(session, params)
  return session.write((step) => putIn(step, plan))
}

/**
 * Stores a page as part of a step.
 *
 * What is there is read first, then every row is decided on, and then all of it is written together.
 */
export async function putIn(step: Step, plan: PutPlan): Promise<readonly PutAnswer[]> {
  const page = await beginPage(step, plan)
  const decisions = new PutDecisions(page, await claimKeys(step, page))
  const answers = page.params.rows.map((row, index) => decisions.put(row, page.firstId + index))
  await writeOlder(step, page, decisions)
  await writeNewRequests(step, page, decisions.added)
  await mendBlobs(step, page, decisions.again)
  if (page.jobId !== 0) await touchPart(step, page, decisions.added.length)
  // Those of a job are nobody's work before its commit.
  else if (decisions.added.length > 0) await notifyWork(step)
  return answers
}

// Pages get their numbers before they wait for the job, so they can come in another order.
const TOUCH_PART = `UPDATE jobs SET open_part_rows = open_part_rows + $1, open_part_at = $2,
    last_id = greatest(last_id, $3), open_part_from_id = least(open_part_from_id, $4),
    done_up_to_id = least(done_up_to_id, $4 - 1)
  WHERE id = $5`
const TOUCH_ONLY = 'UPDATE jobs SET open_part_at = $1 WHERE id = $2'

async function touchPart(step: Step, page: PutPage, put: number): Promise<void> {
  const { firstId, params, jobId } = page
  const lastId = firstId + params.rows.length - 1
  if (put === 0) await step.db.run(TOUCH_ONLY, step.now, jobId)
  else await step.db.run(TOUCH_PART, put, step.now, lastId, firstId, jobId)
}
