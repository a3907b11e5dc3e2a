import { type CreateResult, totalOf } from '@halfrate/core'
import type { ApiAnswer, ApiReply } from './api-client.js'
import { endedByUs, errorOf, unreadable } from './provider-error.js'
import { readBatch } from './wire/batch.js'

/** What is known about a create besides the reply. */
export interface CreateFacts {
  /** Requests in the body. */
  readonly requestCount: number
  /** Whether the last byte was given away. */
  readonly lastByteLeft: boolean
  /** Why we ended the call, if we did. */
  readonly problem: string | null
}

// With these the API says that it did nothing. 408 and 409 are not among them: the first may come from something in
// between, and what the second means for a create is nowhere written.
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 422, 429])

/**
 * Decides what a create did. In doubt it may have been accepted: a wrong "no" makes a second, paid batch, a wrong
 * "perhaps" costs a look through the list.
 */
export function classifyCreate(reply: ApiReply, facts: CreateFacts): CreateResult {
  if (reply.type === 'answer') {
    const clear = clearAnswer(reply, facts)
    if (clear !== null) return clear
  }
  const error =
    reply.type === 'silence' && facts.problem !== null
      ? endedByUs(reply, facts.problem)
      : errorOf(reply)
  // Whatever else happened: without its last byte the body was no JSON, and nobody could act on it.
  return { type: facts.lastByteLeft ? 'ambiguous' : 'not_sent', error }
}

function clearAnswer(answer: ApiAnswer, facts: CreateFacts): CreateResult | null {
  if (answer.status === 200) return acceptance(answer, facts)
  return isRefusal(answer) ? { type: 'refused', error: errorOf(answer) } : null
}

function acceptance(answer: ApiAnswer, facts: CreateFacts): CreateResult {
  const reading = readBatch(answer.json)
  const unclear = facts.lastByteLeft ? 'ambiguous' : 'not_sent'
  if (reading.type === 'unreadable') {
    return { type: unclear, error: unreadable(answer, reading.problem) }
  }
  const total = totalOf(reading.value.counts)
  if (total === facts.requestCount) return { type: 'accepted', batch: reading.value }
  const problem = `a batch of ${total} requests came back for ${facts.requestCount}`
  return { type: unclear, error: unreadable(answer, problem) }
}

function isRefusal(answer: ApiAnswer): boolean {
  // Whoever says 413, the API, its front or a proxy, has not taken the body in: a body that is too large is judged by
  // its announced length or cut off while it comes. The front's form of it bears no envelope, and some are web pages.
  if (answer.status === 413) return true
  return REFUSALS.has(answer.status) && answer.error?.isWhole === true
}
