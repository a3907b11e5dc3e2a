import type { Attempt, Violation } from '@halfrate/core'
import { isLive, nameOf, refOf } from '../rows/stored-attempt.js'
import type { Step } from '../step.js'

/** Checks attempts: their money, their lines, and that their requests know of them. */
export async function attemptViolations(
  step: Step,
  attempts: readonly Attempt[],
): Promise<readonly Violation[]> {
  await step.requests.load(attempts.map(({ requestId }) => requestId))
  const lines = await Promise.all(
    attempts.map(({ resultId }) =>
      step.connection.ask<number>('EXISTS', step.keys.of('result', resultId ?? 0)),
    ),
  )
  return attempts.flatMap((attempt, index) => [...violationsOf(step, attempt, lines[index] === 1)])
}

function* violationsOf(step: Step, attempt: Attempt, hasLine: boolean): Generator<Violation> {
  const name = `Attempt ${nameOf(refOf(attempt))}`
  const { outcome, withdrawn, requestId } = attempt
  for (const what of moneyFaults(attempt)) yield { invariant: 'I8', message: `${name} ${what}` }
  if ((outcome !== null) !== hasLine) {
    yield { invariant: 'I8', message: `${name} is booked without its line, or the reverse.` }
  }
  if (withdrawn && (isLive(attempt) || outcome !== null)) {
    yield { invariant: 'I2', message: `${name} was withdrawn and is used all the same.` }
  }
  const refs = step.requests.get(requestId)?.attempts ?? []
  if (!refs.some((ref) => nameOf(ref) === nameOf(refOf(attempt)))) {
    yield { invariant: 'I8', message: `${name} is missing among its request's attempts.` }
  }
}

function* moneyFaults(attempt: Attempt): Generator<string> {
  const { outcome, costNano, realtimeNano, waste, possiblyPaid } = attempt
  const isSuccess = outcome === 'succeeded'
  if (!isSuccess && ((costNano ?? 0) !== 0 || (realtimeNano ?? 0) !== 0)) {
    yield 'costs money without a success.'
  }
  if ((costNano === null) !== (realtimeNano === null)) {
    yield 'has a cost in one of its two columns only.'
  }
  if ((costNano ?? 0) < 0 || (realtimeNano ?? 0) < 0) yield 'costs less than nothing.'
  if (!isSuccess && waste) yield 'is waste without a success.'
  if (isSuccess && possiblyPaid) yield 'is paid, and possibly paid too.'
}
