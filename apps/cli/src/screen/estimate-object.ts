import type { Report } from '@halfrate/core'
import {
  type CacheComparison,
  type EstimatedRows,
  type EstimateGrounds,
  missOf,
  usdText,
} from '@halfrate/core/money'
import { knownCostOf } from '@halfrate/runtime'

/** What an estimate rests on, for programs. */
export interface GroundsObject {
  /** `counted`, `history` or `bytes`. */
  readonly prompts: string
  /** Rows that the provider counted; null when it was not asked. */
  readonly counted_rows: number | null
  /** How far off the tokens of all counted rows can be, 19 times in 20: 0.02 is 2 %. */
  readonly count_error_share: number | null
  /** Rows that could not be counted, and are judged by their bytes. */
  readonly uncounted_rows: number | null
  /** `history` or `max_tokens`. */
  readonly answers: string
  /** Earlier answers that it rests on; null for none. */
  readonly history_answers: number | null
}

/** How costs compare where rows share a cached prefix, for programs. Money is decimal text in dollars. */
export interface CachingObject {
  readonly rows: number
  /** `yes`, `maybe` or `no`. */
  readonly batch_is_dearer: string
  /** In batch without a cache hit. */
  readonly batch_cold_low_usd: string
  readonly batch_cold_high_usd: string
  /** In batch, if nothing of the prefix asked to be cached. */
  readonly batch_plain_low_usd: string
  readonly batch_plain_high_usd: string
  /** In real time, one call after another, with every hit. */
  readonly realtime_warm_low_usd: string
  readonly realtime_warm_high_usd: string
}

/** An estimate that was held against what a job cost, for programs. */
export interface EstimateObject extends GroundsObject {
  readonly batch_low_usd: string
  readonly batch_high_usd: string
  readonly basis: string
  /** Paid above the high end; below zero for less than the low one; null while that can't be told. */
  readonly missed_usd: string | null
}

/** Makes the object of what an estimate rests on. */
export function groundsObject({ prompts, answers }: EstimateGrounds): GroundsObject {
  const counted = prompts.type === 'counted' ? prompts : null
  const history = [answers, prompts].find((each) => each.type === 'history')
  return {
    prompts: prompts.type,
    counted_rows: counted?.rows ?? null,
    count_error_share: counted?.errorShare ?? null,
    uncounted_rows: counted?.uncountedRows ?? null,
    answers: answers.type,
    history_answers: history?.type === 'history' ? history.answers : null,
  }
}

/** Makes the object of how costs compare; null where no rows share a cached prefix. */
export function cachingObject(caching: CacheComparison | null): CachingObject | null {
  if (caching === null) return null
  const { rows, batchIsDearer, coldBatch, plainBatch, warmRealtime } = caching
  return {
    rows,
    batch_is_dearer: batchIsDearer,
    batch_cold_low_usd: usdText(coldBatch.lowNano),
    batch_cold_high_usd: usdText(coldBatch.highNano),
    batch_plain_low_usd: usdText(plainBatch.lowNano),
    batch_plain_high_usd: usdText(plainBatch.highNano),
    realtime_warm_low_usd: usdText(warmRealtime.lowNano),
    realtime_warm_high_usd: usdText(warmRealtime.highNano),
  }
}

/** Makes the object of an estimate that was kept; null for none. */
export function estimateObject(
  estimated: EstimatedRows | null,
  report: Report,
): EstimateObject | null {
  if (estimated === null) return null
  const { batch, grounds } = estimated
  const missed = missOf(batch, knownCostOf(report))
  return {
    batch_low_usd: usdText(batch.lowNano),
    batch_high_usd: usdText(batch.highNano),
    basis: batch.basis,
    missed_usd: missed === null ? null : usdText(missed),
    ...groundsObject(grounds),
  }
}
