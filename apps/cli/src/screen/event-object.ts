import type { EngineEvent, EpochMs } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import { batchPhase } from './batch-phase.js'
import { canaryOverObject } from './canary-text.js'
import { eventText } from './event-text.js'
import { primerOverObject } from './primer-text.js'
import { budgetEventObject } from './scope-budget-text.js'

/**
 * What the engine did or saw, for programs: in the words of the screens, with instants and money as text. Null for what is
 * not worth a line.
 */
export function eventObject(event: EngineEvent): object | null {
  const message = eventText(event)
  if (message === null) return null
  const at = instantOf(event.at)
  switch (event.type) {
    case 'submission_changed':
      return {
        ...{ type: 'batch', at, batch_number: event.submissionId, batch_id: event.remoteId },
        ...{ requests: event.requestCount, state: batchPhase(event.state), message },
      }
    case 'settled':
      return null
    case 'released':
      return {
        ...{ type: 'tried_again', at, batch_number: event.submissionId, requests: event.waiting },
        ...{ reasons: event.reasons, not_before: instantOf(event.notBefore), message },
      }
    case 'paused':
      return { type: 'paused', at, reason: event.reason, until: instantOf(event.until), message }
    case 'resumed':
      return { type: 'resumed', at, message }
    case 'waiting_after_absence': {
      const { batches, until } = event
      return { type: 'waiting_after_absence', at, batches, until: instantOf(until), message }
    }
    case 'recovering':
      return {
        ...{ type: 'recovering', at, batches: event.batches, unfinished: event.unfinished },
        ...{ taken_in: event.imported, until: instantOf(event.until), is_over: event.isOver },
        message,
      }
    case 'budget_reached': {
      const needed = event.neededNano === null ? null : usdText(event.neededNano)
      return {
        ...{ type: 'budget_reached', at, job: event.job, cap_usd: usdText(event.capNano) },
        ...{ needed_usd: needed, message },
      }
    }
    case 'canary_over':
      return canaryOverObject(event, message)
    case 'primer_over':
      return primerOverObject(event, message)
    case 'budget_warning':
    case 'budget_used_up':
      return budgetEventObject(event, message)
    case 'rescued':
      return rescuedObject(event, message)
    case 'alarm':
      return {
        ...{ type: 'alarm', at, code: event.code, batch_number: event.submissionId },
        ...{ batch_id: event.remoteId, message },
      }
    case 'result_not_taken':
      return { type: 'result_not_taken', at, queue: event.queue, tries: event.tries, message }
    case 'step_failed':
      return { type: 'step_failed', at, code: event.step, message }
  }
}

function rescuedObject(
  event: Extract<EngineEvent, { readonly type: 'rescued' }>,
  message: string | null,
): object {
  const { how, queue, count, extraNano } = event
  return {
    ...{ type: 'rescued', at: instantOf(event.at), how, queue, requests: count },
    wanted_by: instantOf(event.deadlineAt),
    extra_usd: extraNano === null ? null : usdText(extraNano),
    message,
  }
}

function instantOf(at: EpochMs): string
function instantOf(at: EpochMs | null): string | null
function instantOf(at: EpochMs | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
