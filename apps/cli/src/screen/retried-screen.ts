import type { NanoUsd, RetryRefusal } from '@halfrate/core'
import { usdShort, usdText } from '@halfrate/core/money'
import type { RetriedCounts } from '../scope/retrying.js'
import { countOf, countText } from './number-text.js'

/** What was sent again, and where. */
export interface RetriedFacts extends RetriedCounts {
  /** `job claims`. */
  readonly where: string
  readonly maxTokens: number | null
  readonly isDryRun: boolean
}

const REFUSED: Readonly<Record<RetryRefusal, string>> = {
  not_done: 'not done yet',
  succeeded: 'answered well',
  replaced: 'sent again before',
  no_params: 'never in a batch of ours, so that its params are not known',
  unknown: 'gone',
}

/** What was sent again, what it can cost, and what was not, in lines. */
export function retriedLines(facts: RetriedFacts, next: string): readonly string[] {
  const { retried, isDryRun, possiblyPaid } = facts
  if (retried === 0) return [` ${facts.where}: nothing to send again`, ...refusedLines(facts)]
  const verb = isDryRun ? 'would wait' : retried === 1 ? 'waits' : 'wait'
  const how = facts.maxTokens === null ? '' : ` with max_tokens ${facts.maxTokens}`
  const lines = [
    ` ${facts.where}: ${countOf(retried, 'request')} ${verb} again${how}, ${priceText(facts)}`,
  ]
  if (possiblyPaid > 0) {
    lines.push(` ${countText(possiblyPaid)} of them may have been paid before, without an answer`)
  }
  lines.push(...refusedLines(facts))
  return isDryRun ? [...lines, ' nothing was changed'] : [...lines, ` next: ${next}`]
}

function priceText({ atMostNano, unpriced, retried }: RetriedFacts): string {
  if (unpriced === retried) return 'at a price that is not known'
  const rest = unpriced === 0 ? '' : `, and ${countText(unpriced)} at a price that is not known`
  return `for ${usdShort(atMostNano as NanoUsd)} at most${rest}`
}

function refusedLines({ refused }: RetriedFacts): readonly string[] {
  const parts = Object.entries(refused).map(
    ([because, count]) => `${countText(count)} ${REFUSED[because as RetryRefusal]}`,
  )
  return parts.length === 0 ? [] : [` not sent again: ${parts.join(' · ')}`]
}

/** The same for programs. */
export function retriedObject(facts: RetriedFacts): object {
  return {
    type: 'retried',
    retried: facts.retried,
    refused: facts.refused,
    max_tokens: facts.maxTokens,
    at_most_usd: usdText(facts.atMostNano as NanoUsd),
    unpriced: facts.unpriced,
    possibly_paid: facts.possiblyPaid,
    dry_run: facts.isDryRun,
  }
}
