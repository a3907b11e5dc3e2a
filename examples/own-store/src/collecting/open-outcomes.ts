import type { Attempt, OpenOutcome } from '@halfrate/core'
import type { In } from '../in-out.js'
import { idsAfter } from '../rows/pages.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `CollectingStore.openOutcomes`. */
export function openOutcomes(
  session: Session,
  params: In<'openOutcomes'>,
): Promise<readonly OpenOutcome[]> {
  const limit = session.pageOf(params.limit)
  return session.step(async (step) => {
    const { submissionId, after, withAnswers = false } = params
    const key = step.keys.of('live', submissionId)
    const ordinals = await idsAfter(step.connection, key, { after, limit })
    const names = ordinals.map((ordinal) => `${submissionId}:${ordinal}`)
    await step.attempts.load(names)
    const attempts = names.map((name) => step.attempts.need(name).attempt)
    await step.requests.load(attempts.map(({ requestId }) => requestId))
    const lines = withAnswers ? await linesOf(step, attempts) : null
    return attempts.map((attempt, index) => {
      const { ordinal, requestId, outcome, usability, errorType, itemBytes } = attempt
      const { request, changedBodies } = step.requests.need(requestId)
      const made = changedBodies?.find(({ bodyId }) => bodyId === request.bodyId)
      const asks = { itemBytes, maxTokens: request.maxTokens, bodyReason: made?.reason ?? null }
      const { failureCount, expiryCount, createdAt, deadlineAt, jobId, model } = request
      const cancelRequested = request.cancelRequestedAt !== null
      const counts = { failureCount, expiryCount, createdAt, deadlineAt, cancelRequested }
      const answer = lines === null ? {} : { answer: lines[index] ?? null }
      const what = { ordinal, requestId, jobId, model, outcome, usability, errorType }
      return { ...what, ...asks, ...counts, ...answer }
    })
  })
}

// One that has none is asked for under a number that no line has.
async function linesOf(
  { connection, keys }: Step,
  attempts: readonly Attempt[],
): Promise<readonly (Uint8Array | null)[]> {
  const found = await connection.bytes(
    attempts.map(({ resultId }) => keys.of('result', resultId ?? 0)),
  )
  return found.map((bytes) => bytes ?? null)
}
