import type { AuditPeriod, BatchReason, FeaturePattern, FeatureReport } from '@halfrate/core/audit'
import {
  featureName,
  mainReason,
  mainReasonText,
  mainStanding,
  monthText,
  savingText,
  sentence,
} from './audit-words.js'

/** What to ask of a feature. */
export interface AuditQuestion {
  readonly feature: string
  /** Begins with why, ends with what an answer is worth. */
  readonly text: string
}

// What a change of the caller's could make a batch of.
const CHANGEABLE: ReadonlySet<BatchReason | FeaturePattern | null> = new Set([
  ...(['awaited', 'streamed', 'tool_use', 'needed_soon', 'tool_loop'] as const),
])

/** The question to ask whoever owns a feature; null where nothing could come of it. */
export function questionOf(
  feature: FeatureReport,
  period: AuditPeriod | null,
): AuditQuestion | null {
  const text = textOf(feature, period)
  return text === null ? null : { feature: featureName(feature), text }
}

function textOf(feature: FeatureReport, period: AuditPeriod | null): string | null {
  const standing = mainStanding(feature)
  const money = feature.money.byStanding[standing]
  const worth = savingText({ lowNano: money.savesLowNano, highNano: money.savesHighNano }, period)
  const why = sentence(mainReasonText(feature))
  switch (standing) {
    case 'batched':
      return null
    case 'ready':
      return `${why}. Batches answer mostly within the hour, at the latest after 24 hours, and save ${worth}.`
    case 'likely':
    case 'open':
      return `${why}. If an answer within the hour, at the latest after 24 hours, is soon enough, batches save ${worth}.`
    case 'no':
      if (money.spentNano === 0n || !CHANGEABLE.has(mainReason(feature))) return null
      return `${why}. What of it could be made ready beforehand costs half: up to ${monthText(money.spentNano / 2n, period)} less.`
  }
}
