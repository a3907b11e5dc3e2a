import type { ChangedBody } from '@halfrate/core'
import { inheritBlobs } from './intake/body-blobs.js'
import type { Session } from './session.js'
import { takeIds } from './take-ids.js'

// A child bears the hash of the same key as the body that it was made from.
const ADD = `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, parent_id, reason, bytes)
  SELECT ?, project_id, account_id, CASE ? WHEN 1 THEN 0 ELSE prefix_id END, key_hash, id, ?, ? FROM bodies WHERE id = ?`

/** Adds a body that was made of another one, whose files it has, and whose shared members unless it stands alone, and answers its id. */
export function addChild(
  session: Session,
  parentId: number,
  { reason, body, standsAlone = false }: Pick<ChangedBody, 'reason' | 'body' | 'standsAlone'>,
): number {
  const id = takeIds(session, 1)
  session.db.run(ADD, id, standsAlone ? 1 : 0, reason, body, parentId)
  inheritBlobs(session.db, id, parentId)
  return id
}
