import { totalOf } from '../model/outcome.js'
import type { Submission } from '../model/submission.js'
import type { EngineContext } from './context.js'
import { noteAnswered } from './send-call.js'

/**
 * Notes of a call that it was answered, if its answer is booked: whoever brought it may have died in between, at any state of the
 * call that others gave it meanwhile. Answers whether it was.
 */
export async function noteIfBooked(
  context: EngineContext,
  submission: Submission,
): Promise<boolean> {
  const { outcomes } = await context.store.countAttempts({ submissionId: submission.id })
  if (totalOf(outcomes) === 0 || outcomes.processing > 0) return false
  await noteAnswered(context, submission, { counts: outcomes })
  return true
}
