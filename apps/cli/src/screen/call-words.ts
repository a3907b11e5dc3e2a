import { type EpochMs, laneOf, type Submission } from '@halfrate/core'
import type { RealtimeReason } from '@halfrate/core/routing'
import { commandText } from './command-text.js'
import type { StateWords } from './state-words.js'
import { instantText } from './time-text.js'

/** Whether something goes, or went, by itself and in real time. */
export function isCall({ lane }: { readonly lane: string }): boolean {
  return laneOf(lane).route === 'realtime'
}

/** Says by which route a request goes, and why where it is one that nobody asked for. */
export function routeWords({ lane }: { readonly lane: string }): string {
  const { route, why } = laneOf(lane)
  if (route === 'batch') return 'to go by batch'
  return why === null ? 'to be asked in real time' : `to be asked in real time${WHY[why]}`
}

const WHY: Readonly<Record<RealtimeReason, string>> = {
  hedge: ' as well as in a batch, which would likely be back too late',
  deadline: ', since a batch would likely be back too late',
  few: ', since there are few of its queue, and none to share a batch with',
  rescue: ', since a batch would by then likely be back too late',
  rollout: ', beside the part of its queue that goes in batches',
}

/** Says where a call in real time is and what that means. */
export function callWords(
  call: {
    readonly submission: Submission
    /** ` --store FILE` for commands that are shown; empty for the usual place. */
    readonly storeFlag: string
  },
  now: EpochMs,
  timeZone?: string,
): StateWords {
  const { submission } = call
  switch (submission.state) {
    case 'filling':
    case 'sealed':
      return { state: 'waiting to be asked', style: 'dim', hints: [], canDrop: true }
    case 'dissolved':
      return { state: 'not asked', style: 'dim', hints: [], canDrop: true }
    case 'sending':
    case 'in_progress':
    case 'canceling':
      return { state: 'being asked in real time', style: 'cyan', hints: [], canDrop: true }
    case 'ended':
    case 'collected':
      return { state: 'asked in real time', style: null, hints: [], canDrop: true }
    case 'ambiguous':
      return lostAnswer(call, now, timeZone)
    case 'lost':
      return { state: 'no answer came in time', style: 'yellow', hints: [], canDrop: true }
    case 'rejected':
      return { state: 'the call was refused', style: 'yellow', hints: [], canDrop: true }
  }
}

// No list could show it, so it is over when its time is.
function lostAnswer(
  { submission, storeFlag }: Parameters<typeof callWords>[0],
  now: EpochMs,
  timeZone: string | undefined,
): StateWords {
  const { search, sendNotAfterAt } = submission
  const isAsking = search.askingSince !== undefined
  const overAt = sendNotAfterAt ?? now
  return {
    state: isAsking ? 'the answer of a call was lost: decide' : 'the answer of a call was lost',
    style: 'yellow',
    hints: isAsking
      ? [`(${commandText(`decide ${submission.id} resend`, storeFlag)}, or fail)`]
      : overAt > now
        ? [`(over at ${instantText(overAt, now, timeZone)})`]
        : [],
    canDrop: !isAsking,
  }
}
