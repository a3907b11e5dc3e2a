import { numbers } from '../database/binary-format.js'
import type { Step } from '../session.js'

const COLUMNS = `project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id, job_id, part,
  not_before, item_bytes, max_tokens, created_at`

/** Queues requests that are new, or just put back. Superseded ones stay out. */
export const ENQUEUE: string = `INSERT INTO waiting (${COLUMNS}) SELECT ${COLUMNS} FROM requests`

const ENQUEUE_SOME = `${ENQUEUE} WHERE id = ANY($1::bigint[]) AND superseded_by IS NULL`

/** Queues requests that were put back. Superseded ones stay out. */
export async function enqueue({ db }: Step, requestIds: readonly number[]): Promise<void> {
  if (requestIds.length > 0) await db.run(ENQUEUE_SOME, numbers(requestIds))
}

/** Text that says that a row `w` of `waiting` is that of a request `r`: by the whole primary key. */
export const IS_WAITING_ROW = `w.project_id = r.project_id AND w.queue_id = r.queue_id
  AND w.account_id = r.account_id AND w.lane_id = r.lane_id AND w.batch_limit = r.batch_limit
  AND w.model_id = r.model_id AND w.prefix_id = r.prefix_id AND w.id = r.id`

const LEAVE = `WITH r AS MATERIALIZED (SELECT * FROM requests WHERE id = ANY($1::bigint[]))
  DELETE FROM waiting w USING r WHERE ${IS_WAITING_ROW}`

/** Takes requests out of the queue; nothing happens to those that are not in it. */
export async function leaveQueue({ db }: Step, requestIds: readonly number[]): Promise<void> {
  if (requestIds.length > 0) await db.run(LEAVE, numbers(requestIds))
}
