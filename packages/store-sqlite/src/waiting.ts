import type { Session } from './session.js'

const COLUMNS = `project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id, job_id, part,
  not_before, item_bytes, max_tokens, created_at`

// Neighbours in `requests` are mostly neighbours in `waiting` too.
const ENQUEUE = `INSERT INTO waiting (${COLUMNS}) SELECT ${COLUMNS} FROM requests
  WHERE id >= ? AND id <= ? AND superseded_by IS NULL`

/** Queues the requests of a run of ids, all of them new or just put back. Superseded ones stay out. */
export function enqueue(session: Session, firstId: number, lastId: number): void {
  session.db.run(ENQUEUE, firstId, lastId)
}

// By the whole primary key, which the request's row gives.
const KEY = 'project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id'
const LEAVE = `DELETE FROM waiting WHERE (${KEY}) = (SELECT ${KEY} FROM requests WHERE id = ?)`

/** Takes a request out of the queue; nothing when it is not in it. */
export function leaveQueue(session: Session, requestId: number): void {
  session.db.run(LEAVE, requestId)
}
