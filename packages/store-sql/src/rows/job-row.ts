import type { Job, JobId, PartFacts, ProjectId, QueueName } from '@halfrate/core'
import { textOfAny } from '../any-text.js'
import { jobStates } from '../codes.js'
import type { JobsTable } from '../tables.js'
import type { NameOf } from './name-of.js'

/** Makes a job of its row. */
export function jobOf(row: JobsTable, nameOf: NameOf): Job {
  return {
    id: row.id as JobId,
    project: nameOf(row.project_id) as ProjectId,
    queue: nameOf(row.queue_id) as QueueName,
    name: textOfAny(row.name),
    state: jobStates.word(row.state),
    committedPart: row.committed_part,
    openPart: row.open_part,
    fill: row.fill,
    sourceDigest: row.source_digest,
    rowCount: row.row_count,
    createdAt: row.created_at,
    committedAt: row.committed_at,
  }
}

/** What a job's row says of its parts. */
export function partFactsOf(row: JobsTable): PartFacts & Pick<Job, 'rowCount'> {
  return {
    committedPart: row.committed_part,
    openPart: row.open_part,
    fill: row.fill,
    rowCount: row.row_count,
  }
}
