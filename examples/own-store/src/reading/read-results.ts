import {
  type Attempt,
  type NanoUsd,
  type RequestId,
  type ResultRow,
  ZERO_USD,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import { nameOf } from '../rows/stored-attempt.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { listedAfter } from './scope.js'

/** See `ReadStore.readResults`. */
export function readResults(
  session: Session,
  params: In<'readResults'>,
): Promise<readonly ResultRow[]> {
  const limit = session.pageOf(params.limit)
  return session.step(async (step) => {
    const ids = await listedAfter(step, params, { afterRow: params.afterRow, limit })
    return resultRowsOf(step, ids)
  })
}

/** Requests that are there, with what they ended with. */
export async function resultRowsOf(
  step: Step,
  ids: readonly RequestId[],
): Promise<readonly ResultRow[]> {
  await loadRequests(step, ids)
  const attempts = ids.map((id) => shownAttempt(step, id))
  const resultIds = attempts.map((attempt) => attempt?.resultId ?? null)
  const lines = await linesOf(step, resultIds)
  return ids.map((id, index) => ({
    request: step.requests.need(id).request,
    attempt: attempts[index] ?? null,
    line: lines[index] ?? null,
    paidNano: paidFor(attemptsOf(step, id)),
  }))
}

function shownAttempt(step: Step, id: RequestId): Attempt | null {
  const { state, result } = step.requests.need(id).request
  if (state === 'done' && result !== null) return step.attempts.need(nameOf(result)).attempt
  return attemptsOf(step, id).findLast((attempt) => attempt.outcome !== null) ?? null
}

async function linesOf(
  step: Step,
  resultIds: readonly (number | null)[],
): Promise<readonly (Uint8Array | null)[]> {
  const known = resultIds.filter((id) => id !== null)
  const lines = await step.connection.bytes(known.map((id) => step.keys.of('result', id)))
  const lineOf = new Map(known.map((id, index) => [id, lines[index] ?? null]))
  return resultIds.map((id) => (id === null ? null : (lineOf.get(id) ?? null)))
}

function paidFor(attempts: readonly Attempt[]): NanoUsd | null {
  let paid: number = ZERO_USD
  for (const { outcome, costNano } of attempts) {
    if (outcome === 'succeeded' && costNano === null) return null
    paid += costNano ?? 0
  }
  return paid as NanoUsd
}
