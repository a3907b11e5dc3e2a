import type { Released } from '../run/released-rows.js'
import { reasonText } from './batch-words.js'
import { commandLines } from './command-lines.js'
import { flow } from './flow.js'
import { type Line, span } from './line.js'
import { countOf, countText } from './number-text.js'

/** What the demo came to, beside the report of its run. */
export interface DemoFacts {
  /** What to type to do the same with one's own key, without the key. */
  readonly command: string
  readonly batches: number
  readonly released: Released
  /** Batches whose answer was lost, and how many of them were found at the provider. */
  readonly lostAnswers: number
  readonly foundAnswers: number
}

/** What happened in the demo, what it is not, and the next command. */
export function demoScreen(facts: DemoFacts, width: number): readonly Line[] {
  const cells: Line[] = [
    [span(happenedText(facts))],
    ...(facts.lostAnswers === 0 ? [] : [[span(lostText(facts))]]),
    [
      span(
        'The replies are synthetic: they came from an emulator on this machine, with its own fast clock. No key was',
        'yellow',
      ),
      span(
        ' used, nothing was sent to Claude and nothing was paid; the prices are the real ones.',
        'yellow',
      ),
    ],
    [span('Next, with your own key:')],
  ]
  const rows = cells.flatMap((cell) => flow([cell], { width }))
  return [...rows, ...commandLines(`ANTHROPIC_API_KEY=sk-ant-… ${facts.command}`)]
}

/** The same for programs; `synthetic`, since no model gave the answers. */
export function demoObject(facts: DemoFacts): object {
  const { command, batches, released, lostAnswers, foundAnswers } = facts
  return {
    ...{ type: 'demo', synthetic: true, batches },
    ...{ retried: released.retried, unanswered: released.unanswered },
    ...{ lost_answers: lostAnswers, found_answers: foundAnswers, next: command },
  }
}

function happenedText({ batches, released }: DemoFacts): string {
  const sent = `${countOf(batches, 'batch', 'batches')} went to Claude's emulator`
  const reasons = Object.entries(released.unanswered)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${countText(count)} ${reasonText(reason)}`)
  if (released.retried === 0) return `${sent}; nothing had to be tried again.`
  return `${sent}; ${countOf(released.retried, 'row')} had no answer and were tried again (${reasons.join(', ')}).`
}

function lostText({ lostAnswers, foundAnswers }: DemoFacts): string {
  const what =
    lostAnswers === 1
      ? 'The answer to one send was lost'
      : `The answers to ${lostAnswers} sends were lost`
  const end =
    foundAnswers === lostAnswers
      ? 'the batch was found in the provider’s list, and nothing was sent twice.'
      : 'what was not found there was sent again after 15 minutes.'
  return `${what}: ${end}`
}
