import { createHash } from 'node:crypto'
import type { QuarantinedLine, RemoteId, SubmissionId } from '@halfrate/core'
import { quarantineReasons } from '@halfrate/store-sql'
import { escapedText } from '../database/escaped-text.js'
import { unnested } from '../database/row-source.js'
import { checkPage, type Session } from '../session.js'
import { needSubmission } from '../submissions.js'

const COLUMNS = { reason: 'int8', line_number: 'int8', hash: 'bytea', bytes: 'bytea' } as const

// The unique index on (account, batch, hash) keeps the same bytes of the same batch once.
const ADD = `INSERT INTO quarantine (project_id, account_id, submission_id, batch, reason, line_number,
    hash, found_at, bytes)
  SELECT s.project_id, s.account_id, s.id, $2::varchar, v.reason, v.line_number, v.hash, $3, v.bytes
  FROM submissions s CROSS JOIN`

/** See `CollectingStore.quarantine`. */
export function quarantine(
  session: Session,
  params: Readonly<{
    submissionId: SubmissionId
    remoteId: RemoteId | null
    lines: readonly QuarantinedLine[]
  }>,
): Promise<{ readonly added: number }> {
  checkPage(session, params.lines)
  const rows = params.lines.map(({ reason, lineNumber, bytes }) => [
    quarantineReasons.code(reason),
    lineNumber,
    createHash('sha256').update(bytes).digest(),
    bytes,
  ])
  return session.write(async (step) => {
    const { id } = await needSubmission(step, params.submissionId)
    const batch = escapedText(params.remoteId ?? `submission:${id}`)
    const { from, values } = unnested(COLUMNS, rows, 4)
    const sql = `${ADD} ${from} WHERE s.id = $1 ORDER BY v.hash ON CONFLICT DO NOTHING`
    return { added: await step.db.run(sql, id, batch, step.now, ...values) }
  })
}
