import { laneOf } from '../model/lane.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import type { Submission } from '../model/submission.js'
import { priceOf } from '../policy/money/price-book.js'
import { storedForm } from '../policy/outputs/output-form.js'
import { answerText, readResultLine } from '../policy/results/result-line.js'
import type { AnswerStory } from '../policy/retry/answer-story.js'
import type { EngineContext } from './context.js'
import { readPolicy } from './policies.js'

/** An answer that was left for the close of its batch. */
export interface LeftAnswer {
  readonly story: AnswerStory
  /** Its result line. */
  readonly line: Uint8Array
}

/** Reads what an answer said that was left for the close, and what its request was asked before; null for any other member. */
export async function leftAnswer(
  context: EngineContext,
  { id: submissionId, project, queue, lane }: Submission,
  { ordinal, requestId, outcome, usability }: OpenOutcome,
): Promise<LeftAnswer | null> {
  if (outcome !== 'succeeded') return null
  const { store } = context
  const place = { submissionId, after: ordinal - 1, limit: 1, withAnswers: true }
  const [there] = await store.openOutcomes(place)
  const line = there?.ordinal === ordinal ? there.answer : null
  if (line == null) return null
  const reading = readResultLine(line)
  const life = await store.getRequest({ project, id: requestId })
  const reasons = life?.changedBodies.map(({ reason }) => reason) ?? []
  const stopReason = reading.type === 'line' ? reading.stopReason : null
  const model = life?.request.model ?? null
  const isOfForm = usability !== 'output_invalid'
  const problem = isOfForm ? null : await problemOf(context, { project, queue }, line)
  const mostTokens = model === null ? null : mostTokensOf(context, model, lane)
  return { line, story: { stopReason, reasons, model, mostTokens, problem } }
}

// Betas may allow more than the book says, which says the same for every day.
function mostTokensOf({ priceBook }: EngineContext, model: string, lane: string): number | null {
  if (laneOf(lane).betas.length > 0) return null
  return priceOf(priceBook, model, 0)?.maxOutputTokens ?? null
}

// What its queue asks for now is what it is sent back with.
async function problemOf(
  context: EngineContext,
  { project, queue }: Pick<Submission, 'project' | 'queue'>,
  line: Uint8Array,
): Promise<string | null> {
  const { outputSchema } = await readPolicy(context, project, queue)
  return storedForm(outputSchema)?.problemOf(answerText(line)) ?? null
}
