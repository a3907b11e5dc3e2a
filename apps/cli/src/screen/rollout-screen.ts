import { DAY_MS, type NanoUsd } from '@halfrate/core'
import { usdShort, usdText } from '@halfrate/core/money'
import {
  costOfEach,
  type RolloutReason,
  type RolloutVerdict,
  type RouteFigures,
} from '@halfrate/core/routing'
import type { RolloutStand } from '@halfrate/runtime'
import { commandText } from './command-text.js'
import { countOf, countText } from './number-text.js'
import { durationText } from './time-text.js'

/** How it is said. */
export interface RolloutScreenOptions {
  /** Within which time nine in ten answers of batches are to come. */
  readonly withinMs: number
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
}

/** How far the rollout of a queue is, what both routes came to, and whether more may go in batches; for people. */
export function rolloutScreen(
  stand: RolloutStand,
  { withinMs, storeFlag }: RolloutScreenOptions,
): readonly string[] {
  const { queue, batchPercent, batch, realtime, verdict } = stand
  const rest = batchPercent < 100 ? ', the rest in real time' : ''
  return [
    `queue ${queue}: ${batchPercent} % in batches${rest}`,
    figuresLine('in batches', batch),
    figuresLine('in real time', realtime),
    ` ${verdictText(verdict)}: ${verdict.reasons.map((reason) => reasonText(reason, withinMs)).join('; ')}`,
    ...nextLine(stand, storeFlag),
  ]
}

function figuresLine(name: string, figures: RouteFigures): string {
  const { done, usable, wanted, late, halfWithinMs, nineInTenWithinMs, unpriced } = figures
  if (done === 0 || halfWithinMs === null || nineInTenWithinMs === null) {
    return ` ${name}: no answers yet`
  }
  const each = costOfEach(figures)
  return ` ${name}: ${[
    `${countOf(done, 'answer')}, ${percentText(usable, done)} usable`,
    `half within ${durationText(halfWithinMs)}, nine in ten within ${durationText(nineInTenWithinMs)}`,
    ...(wanted > 0 ? [`${countText(late)} of ${countText(wanted)} late`] : []),
    each === null ? 'no known cost' : `${usdShort(Math.round(each) as NanoUsd)} a request`,
    ...(unpriced > 0 ? [`${countText(unpriced)} without a known price`] : []),
  ].join(', ')}`
}

// Never rounded up to all of them.
function percentText(count: number, of: number): string {
  return `${Math.floor((1_000 * count) / of) / 10} %`
}

function verdictText({ verdict, next }: RolloutVerdict): string {
  switch (verdict) {
    case 'complete':
      return 'done'
    case 'safe':
      return `${next} % is safe`
    case 'unsure':
      return `${next} % is not known to be safe yet`
    case 'unsafe':
      return `${next} % is not safe`
  }
}

function reasonText(reason: RolloutReason, withinMs: number): string {
  switch (reason) {
    case 'first':
      return 'nothing goes in batches yet, and a tenth shows how they do'
    case 'too_few':
      return 'either route needs 100 answers to be compared'
    case 'usable_alike':
      return 'as many answers are usable in batches'
    case 'usable_unsure':
      return 'more answers will tell whether as many are usable in batches'
    case 'fewer_usable':
      return 'fewer answers are usable in batches'
    case 'in_time':
      return `nine in ten come within ${spanText(withinMs)}`
    case 'too_slow':
      return `nine in ten do not come within ${spanText(withinMs)}`
    case 'more_late':
      return 'more come after they were wanted'
    case 'dearer':
      return 'a request costs no less in batches (its prompt may be read from a cache in real time)'
    case 'complete':
      return 'all that is enqueued goes in batches'
  }
}

function spanText(ms: number): string {
  return ms === DAY_MS ? 'a day' : durationText(ms)
}

function nextLine({ queue, verdict }: RolloutStand, storeFlag: string): readonly string[] {
  if (verdict.verdict !== 'safe') return []
  const command = commandText(`queues set ${queue} --batch-percent ${verdict.next}`, storeFlag)
  return [` next: ${command}`]
}

/** The same for programs. Spans are milliseconds, money is decimal text. */
export function rolloutObject(stand: RolloutStand, withinMs: number): object {
  const { queue, batchPercent, since, batch, realtime, verdict } = stand
  return {
    type: 'rollout',
    queue,
    batch_percent: batchPercent,
    since: new Date(since).toISOString(),
    within_ms: withinMs,
    next_percent: verdict.next,
    verdict: verdict.verdict,
    reasons: verdict.reasons,
    batch: figuresObject(batch),
    realtime: figuresObject(realtime),
  }
}

function figuresObject(figures: RouteFigures): object {
  const each = costOfEach(figures)
  return {
    done: figures.done,
    usable: figures.usable,
    wanted_by_an_instant: figures.wanted,
    late: figures.late,
    half_within_ms: figures.halfWithinMs,
    nine_in_ten_within_ms: figures.nineInTenWithinMs,
    paid_usd: usdText(figures.paidNano),
    each_usd: each === null ? null : usdText(Math.round(each) as NanoUsd),
    unpriced: figures.unpriced,
  }
}
