import type { NanoUsd } from '@halfrate/core'
import type { CacheComparison, EstimateGrounds } from '@halfrate/core/money'
import { countText, percentText } from './number-text.js'
import { rangeText } from './range-text.js'

/** What an estimate of so many rows rests on, in brackets behind it. */
export function groundsText({ prompts, answers }: EstimateGrounds, rows: number): string {
  const longest = 'the high end has every answer as long as max_tokens'
  if (prompts.type === 'history' && answers.type === 'history') {
    return `(prompts and answers like ${countText(prompts.answers)} before)`
  }
  const length =
    answers.type === 'history' ? `answers like ${countText(answers.answers)} before` : longest
  return `(${promptsText(prompts, rows)}; ${length})`
}

function promptsText(prompts: EstimateGrounds['prompts'], rows: number): string {
  if (prompts.type === 'bytes') return 'by bytes alone'
  if (prompts.type === 'history') return `prompts like ${countText(prompts.answers)} before`
  const { rows: counted, errorShare, uncountedRows } = prompts
  const error = percentText(Math.ceil(errorShare * 100), 100)
  const others = uncountedRows === 0 ? '' : `, ${countText(uncountedRows)} by bytes`
  return `prompts ± ${error}: ${countText(counted)} of ${countText(rows)} counted at Claude${others}`
}

/** Why a batch may be dearer than real time, where it may; null where it is not. */
export function cachingText({
  rows,
  coldBatch,
  warmRealtime,
  batchIsDearer,
}: CacheComparison): string | null {
  if (batchIsDearer === 'no') return null
  const verb = batchIsDearer === 'yes' ? 'is' : 'may be'
  const sharing = rows === 1 ? '1 row shares' : `${countText(rows)} rows share`
  const costs = `${rangeText(coldBatch)} without cache hits, ${rangeText(warmRealtime)} in real time`
  return `batch ${verb} dearer here: ${costs}. ${sharing} a cached prefix, which calls one after another read; a cold batch is not sure to`
}

/** What asking for a cache costs more in a batch in which nobody reads it; null where that is nothing. */
export function coldCacheText({ rows, coldBatch, plainBatch }: CacheComparison): string | null {
  const lowNano = Math.max(0, coldBatch.lowNano - plainBatch.lowNano) as NanoUsd
  const highNano = Math.max(0, coldBatch.highNano - plainBatch.highNano) as NanoUsd
  if (highNano === 0) return null
  const whose = rows === 1 ? 'of 1 row' : `that ${countText(rows)} rows share`
  const extra = rangeText({ lowNano, highNano })
  return `the cached prefix ${whose} costs ${extra} more in a cold batch, where each row may write the cache and none reads it, than without cache_control`
}
