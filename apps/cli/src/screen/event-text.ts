import { type EngineEvent, type Report, usdShort } from '@halfrate/core'
import { reasonText } from './batch-words.js'
import { moneyOf } from './job-figures.js'
import { countOf, countText } from './number-text.js'
import { instantText } from './time-text.js'

/** What the engine did or saw, in one line for people; null for what is not worth one. */
export function eventText(event: EngineEvent, timeZone?: string): string | null {
  switch (event.type) {
    case 'submission_changed':
      return submissionText(event)
    case 'settled':
      return null
    case 'released':
      return releasedText(event, timeZone)
    case 'paused':
      return `nothing is sent before ${instantText(event.until, event.at, timeZone)}: ${event.error.message}`
    case 'resumed':
      return 'Claude takes batches again'
    case 'alarm':
      return `look at this (${event.code}): ${event.message}`
    case 'step_failed':
      return `${event.step.replaceAll('_', ' ')} did not work just now, trying again: ${event.message}`
  }
}

function submissionText(
  event: Extract<EngineEvent, { readonly type: 'submission_changed' }>,
): string | null {
  const rows = countOf(event.requestCount, 'row')
  const name = event.remoteId === null ? `a batch of ${rows}` : `batch ${event.remoteId} of ${rows}`
  switch (event.state) {
    case 'in_progress':
      return `${name} is at Claude, usually for 5–60 min`
    case 'ambiguous':
      return `${name}: answer to our send was lost; looking for it`
    case 'ended':
      return `${name} ended; fetching its results`
    case 'collected':
      return `${name} is complete`
    case 'lost':
      return `${name} never reached Claude; its rows are sent again`
    case 'rejected':
      return `${name} was refused${event.error === null ? '' : `: ${event.error.message}`}`
    case 'canceling':
      return `${name} is being canceled`
    case 'filling':
    case 'sealed':
    case 'sending':
    case 'dissolved':
      return null
  }
}

function releasedText(
  event: Extract<EngineEvent, { readonly type: 'released' }>,
  timeZone: string | undefined,
): string | null {
  const reasons = Object.entries(event.reasons)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${countText(count)} ${reasonText(reason)}`)
    .join(', ')
  if (event.waiting === 0) return null
  const from =
    event.notBefore === null ? '' : ` from ${instantText(event.notBefore, event.at, timeZone)}`
  return `${countOf(event.waiting, 'row')} tried again${from}${reasons === '' ? '' : `: ${reasons}`}`
}

/** Paid and saved in a few words. */
export function paidText(report: Report): string {
  const money = moneyOf(report.money)
  return `paid ${usdShort(money.paid)}    saved ${usdShort(money.saved)}`
}
