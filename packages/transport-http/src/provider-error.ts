import type { ProviderError } from '@halfrate/core'
import type { ApiAnswer, ApiReply, ApiSilence } from './api-client.js'
import type { Secrets } from './secrets.js'
import { readRetryAfter } from './wire/retry-after.js'

const MOST_MESSAGE = 1_000
const MOST_PAGE = 200

/** The error of a reply that is not what was asked for. Holds no secret, whatever the reply held. */
export function errorOf(reply: ApiReply): ProviderError {
  switch (reply.type) {
    case 'answer':
      return ofAnswer(reply, reply.error?.message || `HTTP ${reply.status}${excerptOf(reply)}`)
    case 'silence':
      return ofSilence(reply, reply.problem)
    case 'stream':
      return localError({ secrets: reply.secrets, message: 'The answer was not read.' })
  }
}

/** The error of an answer that looks right and can't be believed. */
export function unreadable(answer: ApiAnswer, problem: string): ProviderError {
  return ofAnswer(answer, `HTTP ${answer.status}, unreadable: ${problem}${excerptOf(answer)}`)
}

/** The error of a call that was ended on our side, with our reason. */
export function endedByUs(reply: ApiSilence, reason: string): ProviderError {
  return ofSilence(reply, reason)
}

/** An error without an answer. */
export function localError(params: {
  readonly secrets: Secrets
  readonly message: string
  readonly code?: string
}): ProviderError {
  return {
    status: null,
    type: null,
    code: params.code ?? null,
    message: clean(params.secrets, params.message),
    requestId: null,
    retryAfterMs: null,
  }
}

function ofAnswer(answer: ApiAnswer, message: string): ProviderError {
  const { error, headers, secrets } = answer
  const requestId = headers.get('request-id') ?? error?.requestId ?? null
  return {
    status: answer.status,
    type: error === null ? null : secrets.hide(error.type),
    code: error === null || error.code === null ? null : secrets.hide(error.code),
    message: clean(secrets, message),
    requestId: requestId === null ? null : secrets.hide(requestId).slice(0, 200),
    retryAfterMs: readRetryAfter(headers, answer.serverAt),
  }
}

function ofSilence(reply: ApiSilence, reason: string): ProviderError {
  const message = reply.status === null ? reason : `HTTP ${reply.status}, broken off: ${reason}`
  return { ...localError({ secrets: reply.secrets, message }), status: reply.status }
}

// Hidden before it is cut, since half a secret would not be recognised.
function clean(secrets: Secrets, message: string): string {
  const text = secrets.hide(message).replace(/\s+/g, ' ').trim()
  return text.length > MOST_MESSAGE ? `${text.slice(0, MOST_MESSAGE)}…` : text
}

/** The beginning of a page that is not the API's, without its tags, to see whose it is. */
function excerptOf(answer: ApiAnswer): string {
  const begin = answer.secrets.hide(answer.text).slice(0, 4_096)
  const words = begin
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return words === '' ? '' : `: ${words.slice(0, MOST_PAGE)}`
}
