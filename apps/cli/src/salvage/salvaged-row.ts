import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  type EpochMs,
  type NanoUsd,
  type RemoteBatch,
  type Request,
  type RequestId,
  type Verdict,
  ZERO_USD,
} from '@halfrate/core'
import { costOf, type PriceBook } from '@halfrate/core/money'
import { exportRow, type ResultFacts, successVerdict } from '@halfrate/core/results'
import type { FoundKey } from './key-book.js'

const RANKS = [
  'usable',
  'cut_off',
  'refused',
  'empty',
  'output_invalid',
  'errored',
  'expired',
  'canceled',
] as const
const encoder = new TextEncoder()

/** A result that becomes a row. */
export interface SalvagedResult {
  readonly facts: ResultFacts
  /** As it came from the provider. */
  readonly line: Uint8Array
  readonly requestId: RequestId
  readonly found: FoundKey
  readonly batch: Pick<RemoteBatch, 'id' | 'createdAt'>
  /** The how-manieth it is of the results of its key, or else of its request; 1 for the best. */
  readonly number: number
  readonly numberOf: number
  /** What it cost; null when that is not known. */
  readonly costNano: NanoUsd | null
}

/** How good a result is: 0 for a usable answer, then answers that were paid, then ends without one. */
export function rankOf(facts: ResultFacts): number {
  return RANKS.indexOf(facts.usability ?? (facts.outcome === 'succeeded' ? 'empty' : facts.outcome))
}

/** What it cost, by the prices of the day on which its batch was made; null when they are not known. */
export function costOfResult(
  facts: ResultFacts,
  { at, prices }: { readonly at: EpochMs; readonly prices: PriceBook },
): NanoUsd | null {
  if (facts.outcome !== 'succeeded') return ZERO_USD
  const { usage, otherTools, model } = facts
  if (usage === null || model === null) return null
  return costOf({ usage, otherTools, model, at, book: prices, route: 'batch' })
}

/**
 * One line of JSON, without its line feed: the members of `halfrate results`, of this one result alone, and behind them
 *
 * - `custom_id`, `batch_id`: where it stands at Claude; `batch_created_at`: when that was sent.
 * - `key_from`: `id` or `input`, as the key is known; null where it is not, and then `key` is null too.
 * - `result`, `results`: 1 of 1, unless there are several results of the same key, or of the same request; the best is 1.
 */
export function salvagedRow(result: SalvagedResult): Uint8Array {
  const { facts, found, line, batch, requestId, costNano: paidNano } = result
  const key = 'key' in found ? found.key : null
  const verdict = verdictOf(facts)
  const request = requestOf(key ?? '', requestId, verdict)
  const row = exportRow({ request, attempt: null, line, paidNano })
  const head = encoder.encode(`{"key":${JSON.stringify(key ?? '')}`).length
  const more = {
    custom_id: facts.customId,
    batch_id: batch.id,
    batch_created_at: new Date(batch.createdAt).toISOString(),
    key_from: key === null ? null : found.type,
    result: result.number,
    results: result.numberOf,
  }
  return Buffer.concat([
    encoder.encode(`{"key":${JSON.stringify(key)}`),
    row.subarray(head, row.length - 1),
    encoder.encode(`,${JSON.stringify(more).slice(1)}`),
  ])
}

// What a policy would have accepted or tried again is lost with its store.
function verdictOf(facts: ResultFacts): Verdict {
  switch (facts.outcome) {
    case 'succeeded': {
      const usability = facts.usability ?? 'empty'
      return successVerdict({ usability, stopReason: facts.stopReason }, { accept: [] })
    }
    case 'errored':
      return { status: 'failed', reason: 'errored', detail: facts.errorType }
    case 'expired':
      return { status: 'failed', reason: 'expired', detail: null }
    case 'canceled':
      return { status: 'canceled', reason: 'canceled', detail: null }
  }
}

// Of the request nothing is left but its id; the rest is what a row does not show.
function requestOf(key: string, id: RequestId, verdict: Verdict): Request {
  return {
    id,
    key,
    verdict,
    state: 'done',
    attemptCount: 1,
    project: DEFAULT_PROJECT,
    account: DEFAULT_ACCOUNT,
    queue: DEFAULT_QUEUE,
    jobId: null,
    row: null,
    lane: '',
    model: '',
    maxTokens: 0,
    itemBytes: 0,
    bodyId: 0,
    labels: null,
    result: null,
    notBefore: 0,
    deadlineAt: null,
    createdAt: 0,
    doneAt: null,
    cancelRequestedAt: null,
    failureCount: 0,
    expiryCount: 0,
    batchLimit: null,
    supersededBy: null,
  }
}
