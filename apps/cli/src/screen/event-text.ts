import type { EngineEvent, EpochMs, Report } from '@halfrate/core'
import { usdShort } from '@halfrate/core/money'
import { reasonText } from './batch-words.js'
import { stopText } from './budget-text.js'
import { canaryOverText } from './canary-text.js'
import { moneyOf } from './job-figures.js'
import { countOf, countText } from './number-text.js'
import { primerOverText } from './primer-text.js'
import { budgetEventText } from './scope-budget-text.js'
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
    case 'waiting_after_absence':
      return `nothing is sent: ${absenceText(event.batches, event.until, event.at, timeZone)}`
    case 'recovering':
      return recoveringText(event, timeZone)
    case 'budget_reached':
      return `job ${event.job} stands still: ${stopText({ capNano: event.capNano, stopped: event })}`
    case 'canary_over':
      return canaryOverText(event)
    case 'primer_over':
      return primerOverText(event)
    case 'budget_warning':
    case 'budget_used_up':
      return budgetEventText(event, timeZone)
    case 'rescued':
      return rescuedText(event, timeZone)
    case 'alarm':
      return `look at this (${event.code}): ${event.message}`
    case 'result_not_taken':
      return `the result of request ${event.requestId} was not taken by its handler, try ${event.tries}: ${event.message}`
    case 'step_failed':
      return `${event.step.replaceAll('_', ' ')} did not work just now, trying again: ${event.message}`
  }
}

function rescuedText(
  event: Extract<EngineEvent, { readonly type: 'rescued' }>,
  timeZone: string | undefined,
): string {
  const { how, queue, count, deadlineAt, extraNano, at } = event
  const more =
    extraNano === null ? 'at an unknown price' : `for at most ${usdShort(extraNano)} more`
  const wanted = instantText(deadlineAt, at, timeZone)
  const rows = `${countOf(count, 'row')} of queue ${queue}`
  if (how === 'reroute') {
    return `${rows} go in real time, ${more}: a batch would likely be back after ${wanted}`
  }
  if (how === 'hedge') {
    return `${rows} go in real time too, ${more}: their batch is not back, and they are wanted by ${wanted}`
  }
  return `a batch with ${rows} is canceled: it is not back, and they are wanted by ${wanted}; what comes back unanswered goes in real time`
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

function recoveringText(
  event: Extract<EngineEvent, { readonly type: 'recovering' }>,
  timeZone: string | undefined,
): string {
  const taken = `${countOf(event.imported, 'batch', 'batches')} taken in`
  if (event.isOver)
    return `${taken}; what was missing is here as far as it can be read, and sending goes on`
  return `${taken}; ${recoveryText(event.batches, event.until, event.at, timeZone)}`
}

/** What a recovery waits for, and until when at most. */
export function recoveryText(
  batches: number,
  until: EpochMs | null,
  now: EpochMs,
  timeZone?: string,
): string {
  const by = until === null ? '' : `, at most until ${instantText(until, now, timeZone)}`
  return batches === 0
    ? `Claude’s list is looked through${by}`
    : `${countOf(batches, 'batch', 'batches')} that may be of this store must end and be read first${by}`
}

/** What sending waits for after an absence, and until when at most. */
export function absenceText(
  batches: number,
  until: EpochMs,
  now: EpochMs,
  timeZone?: string,
): string {
  const by = `at most until ${instantText(until, now, timeZone)}`
  return batches === 0
    ? `nobody worked for a while; Claude’s list is looked at again before anything is sent, ${by}`
    : `nobody worked for a while; ${countOf(batches, 'batch', 'batches')} made meanwhile must end and be read first, ${by}`
}

/** Paid and saved in a few words. */
export function paidText(report: Report): string {
  const money = moneyOf(report.money)
  return `paid ${usdShort(money.paid)}    saved ${usdShort(money.saved)}`
}
