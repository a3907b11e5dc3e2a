import {
  type ProjectId,
  type RequestId,
  type RetryAnswer,
  type RetryRow,
  refusalToRetry,
} from '@halfrate/core'
import { type RequestsNow, requestStates, verdictOfCode } from '@halfrate/store-sql'
import { inheritBlobs } from '../intake/body-blobs.js'
import { checkPage, type Session } from '../session.js'
import { takeIds } from '../take-ids.js'
import { enqueue } from '../waiting.js'

type OldRow = Pick<
  RequestsNow,
  | 'id'
  | 'job_id'
  | 'queue_id'
  | 'project_id'
  | 'state'
  | 'verdict'
  | 'item_bytes'
  | 'max_tokens'
  | 'body_id'
  | 'superseded_by'
>

// By id. What is in a part that is still open is nobody's to retry.
const READ = `SELECT r.id, r.job_id, r.queue_id, r.project_id, r.state, r.verdict, r.item_bytes, r.max_tokens,
    r.body_id, r.superseded_by
  FROM requests_now r LEFT JOIN jobs j ON j.id = r.job_id
  WHERE r.id = ? AND (r.job_id = 0 OR r.part <= j.committed_part)`

// A changed body is a child of the one that it was made from, and bears the hash of the same key.
const ADD_BODY = `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, parent_id, reason, bytes)
  SELECT ?, project_id, account_id, prefix_id, key_hash, id, 'max_tokens', ? FROM bodies WHERE id = ?`
const SAME = `project_id, account_id, queue_id, lane_id, job_id, part, listed_part, "row", listed_before_part,
  listed_before_row, "key", params_hash, prefix_id, model_id, labels, deadline_at`
const ADD_REQUEST = `INSERT INTO requests (id, ${SAME}, body_id, max_tokens, item_bytes, created_at,
    supersedes_id, not_before, batch_limit, failure_count, expiry_count)
  SELECT ?, ${SAME}, ?, ?, ?, ?, id, 0, 0, 0, 0 FROM requests WHERE id = ?`
const ADD_PROGRESS = 'INSERT INTO progress (id, state, attempt_count) VALUES (?, 0, 0)'
const TAKE_KEY = `UPDATE keys SET request_id = ? WHERE project_id = ? AND scope_id = ?
  AND hash = (SELECT key_hash FROM bodies WHERE id = ?)`
const MARK_OLDER = 'UPDATE requests SET superseded_by = ? WHERE id = ?'
const REOPEN_JOB = 'UPDATE jobs SET state = 1, last_id = max(last_id, ?) WHERE id = ?'

/** See `OperatingStore.retry`. */
export function retry(
  session: Session,
  params: Readonly<{ project: ProjectId; rows: readonly RetryRow[] }>,
): readonly RetryAnswer[] {
  checkPage(session, params.rows)
  const projectId = session.names.find(params.project)
  const firstId = takeIds(session, params.rows.length)
  return params.rows.map((row, index) => {
    const old = session.db.get<OldRow>(READ, row.requestId)
    if (old?.project_id !== projectId) return { type: 'refused', because: 'unknown' }
    const because = refusalToRetry({
      state: requestStates.word(old.state),
      verdict: old.verdict === null ? null : verdictOfCode(old.verdict),
      itemBytes: old.item_bytes,
      supersededBy: old.superseded_by as RequestId | null,
    })
    if (because !== null) return { type: 'refused', because }
    append(session, old, row, firstId + index)
    return { type: 'retried', id: (firstId + index) as RequestId }
  })
}

function append(session: Session, old: OldRow, { changed }: RetryRow, id: number): void {
  const { db } = session
  if (changed !== null) {
    db.run(ADD_BODY, id, changed.body, old.body_id)
    inheritBlobs(db, id, old.body_id)
  }
  const { maxTokens, itemBytes } = changed ?? {
    maxTokens: old.max_tokens,
    itemBytes: old.item_bytes,
  }
  const bodyId = changed === null ? old.body_id : id
  db.run(ADD_REQUEST, id, bodyId, maxTokens, itemBytes, session.now(), old.id)
  db.run(ADD_PROGRESS, id)
  const scopeId = old.job_id === 0 ? -old.queue_id : old.job_id
  db.run(TAKE_KEY, id, old.project_id, scopeId, old.body_id)
  db.run(MARK_OLDER, id, old.id)
  if (old.job_id !== 0) db.run(REOPEN_JOB, id, old.job_id)
  enqueue(session, id, id)
}
