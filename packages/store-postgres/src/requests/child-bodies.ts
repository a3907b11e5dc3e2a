import type { ChangedBody } from '@halfrate/core'
import { numbers } from '../database/binary-format.js'
import { unnested } from '../database/row-source.js'
import { inheritBlobs } from '../intake/body-blobs.js'
import type { Step } from '../session.js'

/** A body that a request is given, made of the one that an attempt of it sent. */
export interface ChildOf {
  readonly id: number
  readonly requestId: number
  readonly parentId: number
  readonly changed: ChangedBody
}

const COLUMNS = { id: 'int8', parent_id: 'int8', reason: 'text', bytes: 'bytea' } as const
// A child bears the hash of the same key as the body that it was made from.
const ADD = `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, parent_id, reason, bytes)
  SELECT v.id, p.project_id, p.account_id, p.prefix_id, p.key_hash, p.id, v.reason, v.bytes`
const ASK = `UPDATE requests r SET body_id = v.body_id, item_bytes = v.item_bytes, max_tokens = v.max_tokens
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
    v(id, body_id, item_bytes, max_tokens) WHERE r.id = v.id`

/** Adds bodies with the files of those that they were made from, for their requests to send from now on. */
export async function addChildren(step: Step, children: readonly ChildOf[]): Promise<void> {
  if (children.length === 0) return
  const { db } = step
  const rows = children.map(({ id, parentId, changed }) => [
    ...[id, parentId, changed.reason, changed.body],
  ])
  const { from, values } = unnested(COLUMNS, rows, 1)
  await db.run(`${ADD} FROM ${from} JOIN bodies p ON p.id = v.parent_id`, ...values)
  await inheritBlobs(step, children)
  await db.run(
    ASK,
    numbers(children.map(({ requestId }) => requestId)),
    numbers(children.map(({ id }) => id)),
    numbers(children.map(({ changed }) => changed.itemBytes)),
    numbers(children.map(({ changed }) => changed.maxTokens)),
  )
}
