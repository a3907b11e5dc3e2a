import type { Usability } from '../../model/outcome.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { AnswerStory } from './answer-story.js'

/** Whether a success is left for the close of its batch: its text is not of the form that its queue asks for. */
export function mayBeRepaired(
  usability: Usability | null,
  { outputSchema }: Pick<QueuePolicy, 'outputSchema'>,
): boolean {
  return usability === 'output_invalid' && outputSchema !== null
}

/** Whether such an answer goes back with what is wrong with it: once, over all attempts of its request. */
export function isRepaired(
  usability: Usability | null,
  { problem, reasons }: AnswerStory,
  policy: Pick<QueuePolicy, 'outputSchema'>,
): boolean {
  const wasRepaired = reasons.includes('output_repaired')
  return mayBeRepaired(usability, policy) && problem !== null && !wasRepaired
}
