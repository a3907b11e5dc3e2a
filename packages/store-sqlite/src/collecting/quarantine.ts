import { createHash } from 'node:crypto'
import type { QuarantinedLine, RemoteId, SubmissionId } from '@halfrate/core'
import { anyTextOf, quarantineReasons } from '@halfrate/store-sql'
import { checkPage, type Session } from '../session.js'
import { needSubmission } from '../submissions.js'

// The unique index on (account, batch, hash) keeps the same bytes of the same batch once.
const ADD = `INSERT INTO quarantine (project_id, account_id, submission_id, batch, reason, line_number,
    hash, found_at, bytes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

/** See `CollectingStore.quarantine`. */
export function quarantine(
  session: Session,
  params: Readonly<{
    submissionId: SubmissionId
    remoteId: RemoteId | null
    lines: readonly QuarantinedLine[]
  }>,
): { readonly added: number } {
  checkPage(session, params.lines)
  const submission = needSubmission(session, params.submissionId)
  const projectId = session.names.idOf(submission.project)
  const accountId = session.names.idOf(submission.account)
  const batch = anyTextOf(params.remoteId ?? `submission:${submission.id}`)
  const now = session.now()
  let added = 0
  for (const { reason, lineNumber, bytes } of params.lines) {
    added += session.db.run(
      ADD,
      projectId,
      accountId,
      submission.id,
      batch,
      quarantineReasons.code(reason),
      lineNumber,
      createHash('sha256').update(bytes).digest(),
      now,
      bytes,
    )
  }
  return { added }
}
