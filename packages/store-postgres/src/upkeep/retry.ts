import {
  type ProjectId,
  type RequestId,
  type RetryAnswer,
  type RetryRow,
  refusalToRetry,
} from '@halfrate/core'
import { type RequestsNow, requestStates, verdictOfCode } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { insertRows } from '../database/row-source.js'
import { inheritBlobs } from '../intake/body-blobs.js'
import { notifyWork } from '../listening/notify-work.js'
import { lockRows } from '../requests/lock-requests.js'
import { enqueue } from '../requests/waiting.js'
import { checkPage, type Session, type Step } from '../session.js'

interface OldRow
  extends Pick<
    RequestsNow,
    'id' | 'job_id' | 'state' | 'verdict' | 'item_bytes' | 'max_tokens' | 'superseded_by'
  > {
  readonly body_id: number
  readonly prefix_id: number
  readonly account_id: number
  readonly key_hash: Uint8Array
}

interface Appended {
  readonly id: number
  readonly old: OldRow
  readonly changed: RetryRow['changed']
}

// In the order of everybody who puts under keys: jobs, keys, requests.
const LOCK_JOBS = `SELECT id FROM jobs WHERE id IN (SELECT job_id FROM requests WHERE id = ANY($1::bigint[]))
  ORDER BY id FOR UPDATE`
const OF_KEYS = `FROM keys k JOIN requests r ON r.id = k.request_id
  AND k.scope_id = CASE WHEN r.job_id > 0 THEN r.job_id ELSE -r.queue_id END
  WHERE k.project_id = $2 AND r.id = ANY($1::bigint[])
    AND k.hash = (SELECT b.key_hash FROM bodies b WHERE b.id = r.body_id)`
const LOCK_KEYS = `SELECT k.request_id ${OF_KEYS} ORDER BY k.hash FOR UPDATE OF k`

// By id. What is in a part that is still open is nobody's to retry.
const READ = `SELECT r.id, r.job_id, r.state, r.verdict, r.item_bytes, r.max_tokens, r.superseded_by, r.body_id,
    b.prefix_id, b.account_id, b.key_hash
  FROM requests_now r JOIN bodies b ON b.id = r.body_id LEFT JOIN jobs j ON j.id = r.job_id
  WHERE r.id = ANY($1::bigint[]) AND r.project_id = $2 AND (r.job_id = 0 OR r.part <= j.committed_part)`

const BODY_COLUMNS = {
  id: 'int8',
  project_id: 'int8',
  account_id: 'int8',
  prefix_id: 'int8',
  key_hash: 'bytea',
  parent_id: 'int8',
  reason: 'text',
  bytes: 'bytea',
} as const

const SAME = `project_id, account_id, queue_id, lane_id, job_id, part, listed_part, "row", listed_before_part,
  listed_before_row, "key", params_hash, prefix_id, model_id, labels, deadline_at`
const ADD_REQUESTS = `INSERT INTO requests (id, ${SAME}, body_id, max_tokens, item_bytes, created_at,
    supersedes_id, not_before, batch_limit, failure_count, expiry_count)
  SELECT v.new_id, ${SAME.split(/,\s+/)
    .map((column) => `r.${column}`)
    .join(', ')}, v.new_body, v.new_tokens, v.new_bytes, $1, r.id, 0, 0, 0, 0
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
    v(old_id, new_id, new_body, new_tokens, new_bytes)
  JOIN requests r ON r.id = v.old_id`
const ADD_PROGRESS = `INSERT INTO progress (id, state, attempt_count)
  SELECT v.id, 0, 0 FROM unnest($1::bigint[]) v(id)`
const TAKE_KEYS = `UPDATE keys SET request_id = v.new_id FROM unnest($1::bigint[], $3::bigint[]) v(old_id, new_id)
  WHERE keys.project_id = $2 AND (keys.scope_id, keys.hash) = (SELECT
      CASE WHEN r.job_id > 0 THEN r.job_id ELSE -r.queue_id END, b.key_hash
    FROM requests r JOIN bodies b ON b.id = r.body_id WHERE r.id = v.old_id)`
const MARK_OLDER = `UPDATE requests r SET superseded_by = v.new_id
  FROM unnest($1::bigint[], $2::bigint[]) v(old_id, new_id) WHERE r.id = v.old_id`
const REOPEN_JOBS = `UPDATE jobs SET state = 1, last_id = greatest(last_id, $2),
    done_up_to_id = least(done_up_to_id, $3) WHERE id = ANY($1::bigint[])`

/** See `OperatingStore.retry`. */
export async function retry(
  session: Session,
  params: Readonly<{ project: ProjectId; rows: readonly RetryRow[] }>,
): Promise<readonly RetryAnswer[]> {
  checkPage(session, params.rows)
  if (params.rows.length === 0) return []
  const [projectId = 0] = await session.idsOf(params.project)
  const firstId = await session.takeIds(params.rows.length)
  return session.write(async (step) => {
    const old = await lockOld(step, params.rows, projectId)
    const appended: Appended[] = []
    const answers = params.rows.map((row, index): RetryAnswer => {
      const there = old.get(row.requestId)
      if (there === undefined) return { type: 'refused', because: 'unknown' }
      const because = refusalOf(there)
      if (because !== null) return { type: 'refused', because }
      const id = firstId + index
      // A second row about the same request finds it replaced.
      old.set(row.requestId, { ...there, superseded_by: id })
      appended.push({ id, old: there, changed: row.changed })
      return { type: 'retried', id: id as RequestId }
    })
    if (appended.length > 0) await append(step, appended, { projectId, firstId })
    return answers
  })
}

async function lockOld(
  step: Step,
  rows: readonly RetryRow[],
  projectId: number,
): Promise<Map<number, OldRow>> {
  const ids = rows.map((row) => row.requestId)
  await step.db.all(LOCK_JOBS, numbers(ids))
  await step.db.all(LOCK_KEYS, numbers(ids), projectId)
  await lockRows(step, ids)
  const found = await step.db.all<OldRow>(READ, numbers(ids), projectId)
  return new Map(found.map((row) => [row.id, row]))
}

function refusalOf(row: OldRow): ReturnType<typeof refusalToRetry> {
  return refusalToRetry({
    state: requestStates.word(row.state),
    verdict: row.verdict === null ? null : verdictOfCode(row.verdict),
    itemBytes: row.item_bytes,
    supersededBy: row.superseded_by as RequestId | null,
  })
}

async function append(
  step: Step,
  appended: readonly Appended[],
  { projectId, firstId }: { readonly projectId: number; readonly firstId: number },
): Promise<void> {
  const { db, now } = step
  const bodies = appended.flatMap(({ id, old, changed }) =>
    changed === null
      ? []
      : [
          [
            ...[id, projectId, old.account_id, old.prefix_id, old.key_hash, old.body_id],
            ...['max_tokens', changed.body],
          ],
        ],
  )
  if (bodies.length > 0) await insertRows(db, 'bodies', BODY_COLUMNS, bodies)
  const made = appended.flatMap(({ id, old, changed }) =>
    changed === null ? [] : [{ id, parentId: old.body_id }],
  )
  if (made.length > 0) await inheritBlobs(step, made)
  const ids = appended.map(({ id }) => id)
  const oldIds = numbers(appended.map(({ old }) => old.id))
  await db.run(
    ADD_REQUESTS,
    now,
    oldIds,
    numbers(ids),
    numbers(appended.map(({ id, old, changed }) => (changed === null ? old.body_id : id))),
    numbers(appended.map(({ old, changed }) => changed?.maxTokens ?? old.max_tokens)),
    numbers(appended.map(({ old, changed }) => changed?.itemBytes ?? old.item_bytes)),
  )
  await db.run(ADD_PROGRESS, numbers(ids))
  await db.run(TAKE_KEYS, oldIds, projectId, numbers(ids))
  await db.run(MARK_OLDER, oldIds, numbers(ids))
  const jobs = numbers([...new Set(appended.map(({ old }) => old.job_id))])
  await db.run(REOPEN_JOBS, jobs, ids.at(-1) ?? 0, firstId - 1)
  await enqueue(step, ids)
  await notifyWork(step)
}
