import { type ProjectId, projectScope, type QueueOverview } from '@halfrate/core'
import {
  type BatchesOfQueue,
  queueOverviewsOf,
  queueStatements,
  type WaitingInQueue,
} from '@halfrate/store-sql'
import type { Session } from '../session.js'

const { waiting, batches, jobs, settings } = queueStatements('?')

/** See `OperatingStore.listQueues`. Its numbers are of one moment. */
export function listQueues(
  { reader, names }: Session,
  { project }: Readonly<{ project: ProjectId }>,
): readonly QueueOverview[] {
  const id = names.find(project) ?? 0
  return reader.snapshot(() =>
    queueOverviewsOf(
      {
        waiting: reader.all<WaitingInQueue>(waiting, id),
        batches: reader.all<BatchesOfQueue>(batches, id),
        jobs: reader.all<{ queue_id: number }>(jobs, id),
        settings: reader.all<{ name: string }>(settings, projectScope(project)),
      },
      names.textOf,
    ),
  )
}
