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

/** A request that asks another model than it did, by the number of its name. */
export interface ModelOf {
  readonly requestId: number
  readonly modelId: number
}

const COLUMNS = {
  id: 'int8',
  parent_id: 'int8',
  alone: 'int8',
  reason: 'text',
  bytes: 'bytea',
} as const
// A child bears the hash of the same key as the body that it was made from.
const ADD = `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, parent_id, reason, bytes)
  SELECT v.id, p.project_id, p.account_id, CASE v.alone WHEN 1 THEN 0 ELSE p.prefix_id END, p.key_hash, p.id, v.reason, v.bytes`
const ASK = `UPDATE requests r SET body_id = v.body_id, item_bytes = v.item_bytes, max_tokens = v.max_tokens
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
    v(id, body_id, item_bytes, max_tokens) WHERE r.id = v.id`

/** Adds bodies with the files of those that they were made from, for their requests to send from now on. */
export async function addChildren(step: Step, children: readonly ChildOf[]): Promise<void> {
  if (children.length === 0) return
  const { db } = step
  const rows = children.map(({ id, parentId, changed }) => [
    ...[id, parentId, changed.standsAlone === true ? 1 : 0, changed.reason, changed.body],
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

const ALONE = 'UPDATE requests SET prefix_id = 0 WHERE id = ANY($1::bigint[])'
// The model of attempts is that of their request until it asks another one.
const KEEP_MODEL = `UPDATE attempts a SET model_id = r.model_id FROM requests r
  WHERE a.request_id = ANY($1::bigint[]) AND r.id = a.request_id AND a.model_id IS NULL`
const ASK_MODEL = `UPDATE requests r SET model_id = v.model_id
  FROM unnest($1::bigint[], $2::bigint[]) v(id, model_id) WHERE r.id = v.id`

/** Has requests ask another model, and their attempts so far keep the one that they asked. */
export async function askModels(
  { db }: Step,
  children: readonly ChildOf[],
  models: readonly ModelOf[],
): Promise<void> {
  const alone = children.filter(({ changed }) => changed.standsAlone === true)
  if (alone.length > 0) await db.run(ALONE, numbers(alone.map(({ requestId }) => requestId)))
  if (models.length === 0) return
  const ids = numbers(models.map(({ requestId }) => requestId))
  await db.run(KEEP_MODEL, ids)
  await db.run(ASK_MODEL, ids, numbers(models.map(({ modelId }) => modelId)))
}
