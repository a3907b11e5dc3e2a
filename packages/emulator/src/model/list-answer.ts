import type { Response } from './answer.js'
import type { Batch } from './batch.js'
import type { BatchShelf } from './batch-shelf.js'
import type { Call } from './call.js'
import type { ListParams } from './call-params.js'
import type { WireBatch, WireBatchPage } from './wire.js'

/** A list call and what it is answered from. */
export interface ListAnswerParams {
  readonly call: Call
  readonly shelf: BatchShelf
  readonly params: ListParams
  /** Instant whose state is shown; before the call's own in a stale answer. Epoch milliseconds. */
  readonly now: number
  readonly render: (batch: Batch) => WireBatch
}

/** Answers with a page of batches. What a bad limit or cursor gets is not documented: here a 400 or 404. */
export function listAnswer(list: ListAnswerParams): Response<WireBatchPage> {
  const { call, now } = list
  const { limit = 20, afterId = null, beforeId = null } = list.params
  if (!Number.isInteger(limit)) return call.invalid('limit: Input should be a valid integer')
  if (limit < 1) return call.invalid('limit: Input should be greater than or equal to 1')
  if (limit > 1_000) return call.invalid('limit: Input should be less than or equal to 1000')
  if (afterId !== null && beforeId !== null) {
    return call.invalid('Only one of after_id and before_id may be given')
  }
  const { workspaceId } = call
  const page = list.shelf.page({ workspaceId, now, limit, afterId, beforeId })
  if (page === null) return call.notFound(afterId ?? beforeId ?? '')
  const data = page.batches.map(list.render)
  return call.ok({
    data,
    has_more: page.hasMore,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  })
}
