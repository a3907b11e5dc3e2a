import {
  type Attempt,
  type JobResultsPage,
  type NanoUsd,
  type QueueResultsPage,
  type RequestId,
  type ResultRow,
  type UnpricedPage,
  ZERO_USD,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import { nameOf } from '../rows/stored-attempt.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { listedAfter, requestPage } from './scope.js'

/** See `ReadStore.readResults`. */
export function readResults(
  session: Session,
  params: In<'readResults'>,
): Promise<readonly ResultRow[]> {
  const page = { ...params, limit: session.pageOf(params.limit) }
  if ('unpriced' in page) return unpricedRows(session, page)
  return 'jobId' in page ? listedRows(session, page) : looseRows(session, page)
}

function listedRows(session: Session, page: JobResultsPage): Promise<readonly ResultRow[]> {
  return session.step(async (step) => resultRowsOf(step, await listedAfter(step, page, page)))
}

// Each page of an index is a step, so one that finds few does not hold up others.
async function looseRows(
  session: Session,
  { project, queue, afterId, doneFrom, limit }: QueueResultsPage,
): Promise<readonly ResultRow[]> {
  const found: ResultRow[] = []
  for (let after: number | null = afterId; after !== null && found.length < limit; ) {
    const options = { states: null, after, older: false, limit: limit - found.length } as const
    const [rows, next]: readonly [readonly ResultRow[], number | null] = await session.step(
      async (step) => {
        const page = await requestPage(step, { project, queue }, options)
        const ids = page.rows
          .map(({ request }) => request)
          .filter(({ jobId }) => jobId === null)
          .filter(({ doneAt }) => doneAt === null || doneAt >= doneFrom)
          .map(({ id }) => id)
        return [await resultRowsOf(step, ids), page.next]
      },
    )
    found.push(...rows)
    after = next
  }
  return found
}

// There is no index of them: unknown prices are rare, and so is asking. Each page of requests is a step.
async function unpricedRows(
  session: Session,
  { project, afterId, afterNumber, limit }: UnpricedPage,
): Promise<readonly ResultRow[]> {
  const found: ResultRow[] = []
  // The request that the page before ended with may have more.
  let after: number | null = Math.max(0, afterId - 1)
  while (after !== null && found.length < limit) {
    const options = { states: null, after, older: true, limit: session.pageLimit } as const
    const [rows, next]: readonly [readonly ResultRow[], number | null] = await session.step(
      async (step) => {
        const page = await requestPage(step, { project }, options)
        const ids = page.rows.map(({ request }) => request.id)
        await loadRequests(step, ids)
        const attempts = ids
          .flatMap((id) => attemptsOf(step, id))
          .filter(({ outcome, costNano }) => outcome === 'succeeded' && costNano === null)
          .filter(({ requestId, number }) => requestId > afterId || number > afterNumber)
        return [await rowsOfAttempts(step, attempts.slice(0, limit - found.length)), page.next]
      },
    )
    found.push(...rows)
    after = next
  }
  return found
}

async function rowsOfAttempts(
  step: Step,
  attempts: readonly Attempt[],
): Promise<readonly ResultRow[]> {
  const lines = await linesOf(
    step,
    attempts.map(({ resultId }) => resultId),
  )
  return attempts.map((attempt, index) => ({
    request: step.requests.need(attempt.requestId).request,
    attempt,
    line: lines[index] ?? null,
    paidNano: paidFor(attemptsOf(step, attempt.requestId)),
  }))
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
