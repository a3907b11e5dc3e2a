import type { LedgerBatch, LedgerPost, LedgerRow, LedgerSummary } from '../model/index.js'

/** A summary as JSON. Money is decimal text: it may be larger than a JSON number can be. */
export function summaryJson(summary: LedgerSummary, now: number): object {
  const { nanoUsd, ...rest } = summary
  return { ...rest, nano_usd: nanoUsd === null ? null : nanoUsd.toString(), now }
}

/** A row as JSON. */
export function rowJson(row: LedgerRow): object {
  return {
    route: row.route,
    batch_id: row.batchId,
    custom_id: row.customId,
    outcome: row.outcome,
    model: row.model,
    usage: row.usage,
    nano_usd: row.nanoUsd === null ? null : row.nanoUsd.toString(),
    ...(row.isForeign ? { foreign: true } : {}),
  }
}

/** A create POST as JSON. */
export function postJson(post: LedgerPost): object {
  return {
    index: post.index,
    workspace_id: post.workspaceId,
    started_at: post.startedAt,
    finished_at: post.finishedAt,
    verdict: post.verdict,
    status: post.status,
    count: post.count,
    first_custom_id: post.firstCustomId,
    batch_ids: post.batchIds,
  }
}

/** An accepted batch as JSON, with its custom ids. */
export function batchJson(batch: LedgerBatch): object {
  return {
    batch_id: batch.batchId,
    post_index: batch.postIndex,
    workspace_id: batch.workspaceId,
    created_at: batch.createdAt,
    ends_at: batch.endsAt,
    deleted_at: batch.deletedAt,
    count: batch.count,
    foreign: batch.isForeign,
    twin_of: batch.twinOf,
    custom_ids: batch.customIds(),
  }
}
