import { DAY_MS, type EpochMs, HOUR_MS } from '../../model/time.js'
import type { PriceRow } from '../money/price-row.js'
import { isOneCall, type UsageRecord } from './usage-record.js'

/**
 * Whether a record's money can be halved.
 *
 * `batched`: it was. `no`: not as it is. `ready`: the record itself says that nobody waits. `open`: nothing speaks for or
 * against it, so somebody has to say. A pattern of many calls can make an open one `likely`, or `no`.
 */
export type Standing = 'batched' | 'no' | 'ready' | 'likely' | 'open'

/** Why a record stands where it does, as far as the record itself shows. */
export type BatchReason =
  | 'already_batch'
  | 'failed'
  | 'fast_mode'
  | 'priority_tier'
  | 'other_tier'
  | 'unknown_model'
  | 'unknown_step'
  | 'no_batch_price'
  | 'retired_model'
  | 'awaited'
  | 'tool_use'
  | 'needed_soon'
  | 'streamed'
  | 'nobody_waits'
  | 'not_needed_soon'
  | 'nothing_shown'

/** Where each reason puts a record. */
export const STANDING_OF: Readonly<Record<BatchReason, Exclude<Standing, 'likely'>>> = {
  already_batch: 'batched',
  failed: 'no',
  fast_mode: 'no',
  priority_tier: 'no',
  other_tier: 'no',
  unknown_model: 'no',
  unknown_step: 'no',
  no_batch_price: 'no',
  retired_model: 'no',
  awaited: 'no',
  tool_use: 'no',
  needed_soon: 'no',
  streamed: 'no',
  nobody_waits: 'ready',
  not_needed_soon: 'ready',
  nothing_shown: 'open',
}

const FAILED_FROM = 400
// A batch mostly takes 5 to 60 minutes and at most 24 hours. Source: fact sheet, sections 2 and 9, 2026-11-21.
const USUAL_MS = HOUR_MS
const MOST_MS = DAY_MS
const STANDARD_TIERS: readonly (string | null)[] = [null, 'standard']
const PRIORITY_TIERS: readonly (string | null)[] = ['priority', 'priority_on_demand']
const MORE_TURNS: readonly (string | null)[] = ['tool_use', 'pause_turn']

/**
 * The reason that decides about a record: what makes a batch impossible first, then what speaks against one, then what
 * speaks for one.
 *
 * @param price of its model on its day; null when that is not known.
 * @param now whether a model is retired is asked as of now: its calls of the past can't be moved.
 */
export function batchReasonOf(
  record: UsageRecord,
  price: PriceRow | null,
  now: EpochMs,
): BatchReason {
  return impossible(record, price, now) ?? undesired(record) ?? wanted(record) ?? 'nothing_shown'
}

function impossible(record: UsageRecord, price: PriceRow | null, now: EpochMs): BatchReason | null {
  const { serviceTier, costNano, costClass, usage } = record
  if (isFailed(record)) return 'failed'
  if (serviceTier === 'batch') return 'already_batch'
  if (record.speed === 'fast') return 'fast_mode'
  if (PRIORITY_TIERS.includes(serviceTier)) return 'priority_tier'
  if (!STANDARD_TIERS.includes(serviceTier)) return 'other_tier'
  if (costClass === 'search' || costClass === 'other') return 'no_batch_price'
  if (price === null) return 'unknown_model'
  if (isPast(price.retiresOn, now)) return 'retired_model'
  const isStepHidden = usage !== null && !isOneCall(record) && price.above !== null
  return isStepHidden && costNano === null ? 'unknown_step' : null
}

function undesired(record: UsageRecord): BatchReason | null {
  const { isAwaited, isStreamed, stopReason, neededWithinMs } = record
  if (isAwaited === true) return 'awaited'
  if (MORE_TURNS.includes(stopReason)) return 'tool_use'
  if (neededWithinMs !== null && neededWithinMs < USUAL_MS) return 'needed_soon'
  return isStreamed === true && isAwaited === null ? 'streamed' : null
}

function wanted({ isAwaited, neededWithinMs }: UsageRecord): BatchReason | null {
  if (isAwaited === false) return 'nobody_waits'
  return neededWithinMs !== null && neededWithinMs >= MOST_MS ? 'not_needed_soon' : null
}

/** Whether the provider refused it, or never answered, for which nothing is paid. */
export function isFailed({ status, errorType, usage, costNano }: UsageRecord): boolean {
  if ((status ?? 0) < FAILED_FROM && errorType === null) return false
  return (costNano ?? 0) === 0 && (usage === null || usage.inputTokens + usage.outputTokens === 0)
}

function isPast(day: string | null, now: EpochMs): boolean {
  return day !== null && day <= new Date(now).toISOString().slice(0, 10)
}
