import type { IntakeRow } from '@halfrate/core'
import { escapedText } from '../database/escaped-text.js'
import { hashText, type PutPlan } from '../intake/put-page.js'
import type { PutFunctionPage, PutFunctionRow } from './put-function.js'

/** What a page needs to become text for the function. */
export interface PageFacts {
  readonly plan: PutPlan
  readonly tag: number
  /** The store's clock, where that is not the database's. */
  readonly now: number | null
  /** The names behind the page's numbers. */
  readonly names: readonly { readonly id: number; readonly text: string }[]
  /** Prefixes that the store has, by hash. */
  readonly prefixIds: ReadonlyMap<string, number>
}

/** Writes a page and its bodies as text for the function. Its rows have different keys. */
export function putPageText(facts: PageFacts): { readonly page: string; readonly bodies: string } {
  const { plan, tag, now, names, prefixIds } = facts
  const { rows } = plan.params
  const missing = new Map(
    rows.flatMap(({ prefix }) => {
      if (prefix === null || prefixIds.has(hashText(prefix.hash))) return []
      return [[hashText(prefix.hash), prefix] as const]
    }),
  )
  const page: PutFunctionPage = {
    tag,
    project_id: plan.projectId,
    account_id: plan.accountId,
    queue_id: plan.queueId,
    now_at: now,
    names: names.map(({ id, text }) => ({ id, text: escapedText(text) })),
    prefixes: [...missing.values()].map(({ hash, bytes }) => ({
      hash: base64(hash),
      bytes: base64(bytes),
    })),
    rows: rows.map((row, index) => rowText(row, index, facts)),
  }
  return {
    page: JSON.stringify(page),
    bodies: JSON.stringify(rows.map((row) => base64(row.body))),
  }
}

function rowText(row: IntakeRow, index: number, { plan, prefixIds }: PageFacts): PutFunctionRow {
  const { prefix } = row
  return {
    id: plan.firstId + index,
    place: index + 1,
    key: escapedText(row.key),
    key_hash: base64(row.keyHash),
    params_hash: base64(row.paramsHash),
    lane_id: plan.idOf(row.lane),
    model_id: plan.idOf(row.model),
    max_tokens: row.maxTokens,
    item_bytes: row.itemBytes,
    labels: row.labels === null ? null : JSON.stringify(row.labels),
    deadline_at: row.deadlineAt,
    prefix_id: prefix === null ? 0 : (prefixIds.get(hashText(prefix.hash)) ?? null),
    prefix_hash: prefix === null ? null : base64(prefix.hash),
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
