import {
  type AuditPeriod,
  type BatchReason,
  type FeaturePattern,
  type FeatureReport,
  inAMonth,
  type MoneySplit,
  type SavingRange,
  STANDING_OF,
  type Standing,
} from '@halfrate/core/audit'
import { usdShort } from '@halfrate/core/money'
import { instantInFull } from '../screen/time-text.js'
import { type MarginRange, monthly } from './audit-findings.js'

/** Why a call stands where it does, for people. */
const REASON_TEXTS: Readonly<Record<BatchReason, string>> = {
  already_batch: 'in batches already',
  failed: 'answered with an error, so not billed',
  fast_mode: 'fast mode, which batches do not have',
  priority_tier: 'priority tier, which is paid by commitment and not used by batches',
  other_tier: 'a service tier without a known price',
  unknown_model: 'a model without a known price',
  unknown_step: 'price depends on the length of each prompt, which the report does not show',
  no_batch_price: 'searches and sessions, without a discount in batches',
  retired_model: 'a model that is retired, so its calls go elsewhere now',
  awaited: 'somebody waits for the answer',
  tool_use: 'the next turn of a tool loop waits for the answer',
  needed_soon: 'the answer is needed within the hour',
  streamed: 'streamed, as to somebody who reads along',
  nobody_waits: 'the log says that nobody waits',
  not_needed_soon: 'the answer may take a day or longer',
  nothing_shown: 'nothing tells whether somebody waits',
}

/** What calls show together, for people. */
const PATTERN_TEXTS: Readonly<Record<FeaturePattern, string>> = {
  nightly: 'it runs by night (22:00 to 06:00)',
  same_hours: 'it runs in the same few hours of each day',
  slow: 'half of its answers take longer than a minute',
  tool_loop: 'many of its answers are turns of a tool loop',
}

/** What each standing is called, and what it rests on. */
export const STANDING_TEXTS: Readonly<
  Record<Standing, { readonly name: string; readonly about: string }>
> = {
  ready: { name: 'ready', about: 'the log says that nobody waits' },
  likely: { name: 'likely', about: 'when or how it runs speaks for a batch' },
  open: { name: 'ask', about: 'nothing tells whether somebody waits' },
  no: { name: 'not as it is', about: 'somebody waits, or no batch takes it' },
  batched: { name: 'batched', about: 'half price already' },
}

/** The name of a feature, or what stands in the place of one. */
export function featureName({ kind, feature }: Pick<FeatureReport, 'kind' | 'feature'>): string {
  if (kind === 'others') return 'all others'
  return feature ?? '(no feature)'
}

/** A range of money: one amount where both ends are the same. */
export function rangeText({ lowNano, highNano }: SavingRange): string {
  const [low, high] = [usdShort(lowNano), usdShort(highNano)]
  return low === high ? low : `${low}–${high}`
}

/** What can be saved a month; of the whole period when nothing tells how long that is. */
export function savingText(saves: SavingRange, period: AuditPeriod | null): string {
  return period === null
    ? `${rangeText(saves)} in all`
    : `${rangeText(monthly(saves, period))} a month`
}

/** An amount of the period as one of a month; as it is when nothing tells how long the period is. */
export function monthText(nano: bigint, period: AuditPeriod | null): string {
  return period === null
    ? `${usdShort(nano)} in all`
    : `${usdShort(inAMonth(nano, period.days))} a month`
}

/** What was spent, as far as prices are known. */
export function spentText({ spentNano, unpriced }: MoneySplit): string {
  if (unpriced === 0) return usdShort(spentNano)
  return spentNano === 0n ? 'unknown' : `${usdShort(spentNano)} or more`
}

/** The days of the period, such as `2026-11-01 to 2026-11-30, 30 days (UTC)`. */
export function periodText(period: AuditPeriod | null, timeZone: string): string {
  if (period === null) return 'at times that the source does not tell'
  const [from, until] = [period.fromAt, period.untilAt].map((at) =>
    instantInFull(at, timeZone).slice(0, 10),
  )
  const days = period.days === 1 ? '1 day' : `${period.days.toLocaleString('en-US')} days`
  return from === until ? `${from} (${timeZone})` : `${from} to ${until}, ${days} (${timeZone})`
}

/** A text as the begin of a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** A share in per cent with one decimal, from hundredths of a per cent: `80.0 %`. */
export function marginText(hundredths: number): string {
  return `${(hundredths / 100).toFixed(1)} %`
}

/** The margins after, from the low end of what can be saved to the high one: `81.0–85.0 %`. */
export function marginsText({ low, high }: MarginRange): string {
  const [from, to] = [marginText(low.after), marginText(high.after)]
  return from === to ? from : `${from.replace(' %', '')}–${to}`
}

/** The standing that most of a feature's money has. */
export function mainStanding({ money }: Pick<FeatureReport, 'money'>): Standing {
  const order: readonly Standing[] = ['ready', 'likely', 'open', 'no', 'batched']
  return order.reduce((best, each) => {
    const [a, b] = [money.byStanding[each], money.byStanding[best]]
    const isMore = a.spentNano > b.spentNano
    // Of what has no price the number decides.
    return isMore || (money.spentNano === 0n && a.records > b.records) ? each : best
  })
}

/** What decides about the most of a feature's money: a reason of its calls, or a pattern that they make together. */
export function mainReason(feature: FeatureReport): BatchReason | FeaturePattern | null {
  const { pattern, reasons } = feature
  const standing = mainStanding(feature)
  if (standing === 'likely') return pattern
  const isOfIt = (reason: BatchReason): boolean => STANDING_OF[reason] === standing
  const dearest = reasons.find(({ reason }) => isOfIt(reason))?.reason ?? null
  return dearest === null && standing === 'no' ? pattern : dearest
}

/** {@link mainReason} for people. */
export function mainReasonText(feature: FeatureReport): string {
  const reason = mainReason(feature)
  return reason === null ? '' : { ...REASON_TEXTS, ...PATTERN_TEXTS }[reason]
}
