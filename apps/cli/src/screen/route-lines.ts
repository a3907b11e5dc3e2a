import type { EpochMs, QueueName } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import type { AdvisedRows, RowsAdvice } from '@halfrate/runtime'
import { groundsText } from './grounds-text.js'
import { countOf } from './number-text.js'
import { rangeText } from './range-text.js'

/** Which routes requests are best sent by, for people. */
export function routeLines({ advised, estimate }: RowsAdvice): readonly string[] {
  return [
    ...advised.map(adviceLine),
    ...costLines(estimate),
    ' nothing was sent, and nothing of it is kept',
  ]
}

function adviceLine({ rows, route, sentence, isInTime }: AdvisedRows): string {
  const isLate = route !== null && isInTime === false
  return ` ${countOf(rows, 'request')}: ${nameOf(route)}, since ${sentence}${isLate ? '; likely not in time' : ''}`
}

function nameOf(route: AdvisedRows['route']): string {
  if (route === null) return 'no route'
  return route === 'batch' ? 'in a batch' : 'in real time'
}

function costLines({
  rows,
  unpricedRows,
  openEndedRows,
  batch,
  realtime,
  grounds,
}: RowsAdvice['estimate']): readonly string[] {
  const unknown =
    unpricedRows === 0 ? [] : [` ${countOf(unpricedRows, 'request')} without a known price`]
  if (unpricedRows === rows) return unknown
  const lead =
    openEndedRows + unpricedRows > 0 ? 'estimate, without what is not known: ' : 'estimate '
  const all = rows === 1 ? '' : ' for all'
  const figures = `${rangeText(batch)} in batch, ${rangeText(realtime)} in real time${all}`
  return [` ${lead}${figures} ${groundsText(grounds, rows)}`, ...unknown]
}

/** Which routes requests are best sent by, for programs. Instants are RFC 3339, spans milliseconds, money decimal text. */
export function routeObject(
  queue: QueueName,
  { rows, advised, turnaround, estimate }: RowsAdvice,
): object {
  const { batch, realtime, unpricedRows } = estimate
  return {
    type: 'route',
    queue,
    rows,
    advised: advised.map((each) => ({
      route: each.route,
      reason: each.reason,
      sentence: each.sentence,
      rows: each.rows,
      wanted_by: instantOf(each.wantedAt),
      in_time: each.isInTime,
    })),
    batch_likely_ms: turnaround.likelyMs,
    batch_at_most_ms: turnaround.atMostMs,
    batch_from: turnaround.from,
    batch_low_usd: usdText(batch.lowNano),
    batch_high_usd: usdText(batch.highNano),
    realtime_low_usd: usdText(realtime.lowNano),
    realtime_high_usd: usdText(realtime.highNano),
    basis: batch.basis,
    unpriced: unpricedRows,
  }
}

function instantOf(at: EpochMs | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
