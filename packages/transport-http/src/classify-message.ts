import type { MessageResult } from '@halfrate/core'
import type { ApiAnswer, ApiReply } from './api-client.js'
import { endedByUs, errorOf, unreadable } from './provider-error.js'
import { readRateLimits } from './wire/rate-limits.js'

/** What is known about a call besides the reply. */
export interface MessageFacts {
  /** Whether the last byte was given away. */
  readonly lastByteLeft: boolean
  /** Why we ended the call, if we did. */
  readonly problem: string | null
}

// With these the API says that it did not answer, and only answers are paid. 408 may come from something in between, and of a 5xx
// nobody says how far the work had come; only 529 says that there was no room to begin.
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 409, 422, 429, 529])

/** Decides what a call in real time did. In doubt it may have been answered, and so be paid. */
export function classifyMessage(reply: ApiReply, facts: MessageFacts): MessageResult {
  if (reply.type === 'answer') {
    const clear = clearAnswer(reply, facts)
    if (clear !== null) return clear
  }
  const error =
    reply.type === 'silence' && facts.problem !== null
      ? endedByUs(reply, facts.problem)
      : errorOf(reply)
  // Without its last byte the body was no JSON, and nobody could act on it.
  return { type: facts.lastByteLeft ? 'ambiguous' : 'not_sent', error }
}

function clearAnswer(answer: ApiAnswer, facts: MessageFacts): MessageResult | null {
  const said = { limits: readRateLimits(answer.headers), serverAt: answer.serverAt }
  if (answer.status === 200) {
    if (isMessage(answer.json)) return { type: 'answered', message: messageOf(answer), ...said }
    const error = unreadable(answer, 'expected a message')
    return { type: facts.lastByteLeft ? 'ambiguous' : 'not_sent', error }
  }
  return isRefusal(answer) ? { type: 'refused', error: errorOf(answer), ...said } : null
}

function isMessage(json: unknown): boolean {
  const { type, content } = (json ?? {}) as { readonly type?: unknown; readonly content?: unknown }
  return type === 'message' && Array.isArray(content)
}

// Line feeds stand between members only, never in a text, and answers are kept by the line.
function messageOf({ text }: ApiAnswer): Uint8Array {
  return new TextEncoder().encode(text.replace(/[\r\n]+/g, ' '))
}

function isRefusal(answer: ApiAnswer): boolean {
  if (answer.status === 413) return true
  return REFUSALS.has(answer.status) && answer.error?.isWhole === true
}
