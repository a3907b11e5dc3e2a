import { type ProjectId, projectScope, type QueueOverview } from '@halfrate/core'
import {
  type BatchesOfQueue,
  queueOverviewsOf,
  queueStatements,
  type WaitingInQueue,
} from '@halfrate/store-sql'
import { escapedText } from '../database/escaped-text.js'
import type { Session } from '../session.js'

const STATEMENTS = queueStatements('$1')

/** See `OperatingStore.listQueues`. Its numbers are of one moment. */
export function listQueues(
  session: Session,
  { project }: Readonly<{ project: ProjectId }>,
): Promise<readonly QueueOverview[]> {
  return session.snapshot(async ({ db, names }) => {
    const [id] = await names.find(db, [project])
    // Nobody has the number 0.
    const projectId = id ?? 0
    const waiting = await db.all<WaitingInQueue>(STATEMENTS.waiting, projectId)
    const batches = await db.all<BatchesOfQueue>(STATEMENTS.batches, projectId)
    const jobs = await db.all<{ queue_id: number }>(STATEMENTS.jobs, projectId)
    const scope = escapedText(projectScope(project))
    const settings = await db.all<{ name: string }>(STATEMENTS.settings, scope)
    const ids = [...waiting, ...batches, ...jobs].map((row) => row.queue_id)
    const nameOf = await names.readerOf(db, ids)
    return queueOverviewsOf({ waiting, batches, jobs, settings }, nameOf)
  })
}
