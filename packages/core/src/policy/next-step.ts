import { laneOf } from '../model/lane.js'
import type { Submission } from '../model/submission.js'

/**
 * What a submission needs next, once it is due and somebody holds its lease.
 *
 * `suspect`: its sender is gone, so what became of the send is not known. `scan`: look for the lost answer. `give_up`: the lost
 * answer of a call in real time, which no list shows.
 * `reclaim`: take waiting members back into a batch that turned up. `release`: let the members of a refused or lost
 * one go. `collect`: an ended one; `decideCollect` says how. `nothing`: it is final, or its queue's holder fills it.
 */
export type NextStep =
  | 'send'
  | 'suspect'
  | 'scan'
  | 'give_up'
  | 'reclaim'
  | 'release'
  | 'poll'
  | 'collect'
  | 'nothing'

/** Decides a submission's next step from its row alone. */
export function nextStep(
  submission: Pick<Submission, 'state' | 'reclaimPending' | 'lane'>,
): NextStep {
  if (submission.reclaimPending) return 'reclaim'
  switch (submission.state) {
    case 'sealed':
      return 'send'
    case 'sending':
      return 'suspect'
    case 'ambiguous':
      return laneOf(submission.lane).route === 'realtime' ? 'give_up' : 'scan'
    case 'rejected':
    case 'lost':
      return 'release'
    case 'in_progress':
    case 'canceling':
      return 'poll'
    case 'ended':
      return 'collect'
    case 'filling':
    case 'dissolved':
    case 'collected':
      return 'nothing'
  }
}
