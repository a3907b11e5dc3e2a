import type { QueueOverview, SubmissionState } from '@halfrate/core'

/** The figures of a queue in the words that people see. */
export interface QueueFigures {
  /** Not sent yet, whether a batch is being made of it or not. */
  readonly waiting: number
  readonly atClaude: number
  /** In a batch whose send was not answered. */
  readonly answerLost: number
}

const UNSENT: readonly SubmissionState[] = ['filling', 'sealed']
const AT_CLAUDE: readonly SubmissionState[] = ['sending', 'in_progress', 'canceling', 'ended']

/** Counts a queue's requests by where they are. */
export function queueFiguresOf({ waiting, inBatches }: QueueOverview): QueueFigures {
  const sum = (states: readonly SubmissionState[]): number =>
    states.reduce((total, state) => total + (inBatches[state] ?? 0), 0)
  return {
    waiting: waiting + sum(UNSENT),
    atClaude: sum(AT_CLAUDE),
    answerLost: sum(['ambiguous']),
  }
}
