import type { OpenOutcome } from '../model/open-outcome.js'
import type { Submission } from '../model/submission.js'
import { readResultLine } from '../policy/results/result-line.js'
import type { AnswerStory } from '../policy/retry/answer-story.js'
import type { EngineContext } from './context.js'

/** An answer that was left for the close of its batch. */
export interface LeftAnswer {
  readonly story: AnswerStory
  /** Its result line. */
  readonly line: Uint8Array
}

/** Reads what an answer said that was left for the close, and what its request was asked before; null for any other member. */
export async function leftAnswer(
  { store }: EngineContext,
  { id: submissionId, project }: Submission,
  { ordinal, requestId, outcome }: OpenOutcome,
): Promise<LeftAnswer | null> {
  if (outcome !== 'succeeded') return null
  const place = { submissionId, after: ordinal - 1, limit: 1, withAnswers: true }
  const [there] = await store.openOutcomes(place)
  const line = there?.ordinal === ordinal ? there.answer : null
  if (line == null) return null
  const reading = readResultLine(line)
  const life = await store.getRequest({ project, id: requestId })
  const reasons = life?.changedBodies.map(({ reason }) => reason) ?? []
  const stopReason = reading.type === 'line' ? reading.stopReason : null
  return { line, story: { stopReason, reasons, model: life?.request.model ?? null } }
}
