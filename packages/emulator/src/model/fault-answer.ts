import type { AnswerHeaders, Response } from './answer.js'
import type { AnswerFault, FaultError } from './fault.js'
import type { WireError, WireErrorType } from './wire.js'

interface ErrorForm {
  readonly status: number
  readonly type: WireErrorType
  readonly message: string
  readonly code?: string
  readonly headers?: AnswerHeaders
}

type EnvelopeError = Exclude<
  FaultError,
  'too_large' | 'html' | 'bad_gateway' | 'truncated' | 'not_found' | 'no_results'
>

// Types, codes and headers by the API's error pages; message texts are unstable by policy.
const FORMS: Readonly<Record<EnvelopeError, ErrorForm>> = {
  authentication: { status: 401, type: 'authentication_error', message: 'API key is invalid.' },
  billing: { status: 402, type: 'billing_error', message: 'Your credit balance is too low.' },
  permission: {
    status: 403,
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource.',
  },
  conflict: { status: 409, type: 'conflict_error', message: 'The resource is in conflict.' },
  rate_limit: {
    status: 429,
    type: 'rate_limit_error',
    message: 'This request would exceed the rate limit for your organization.',
  },
  ramp_limit: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Your usage grows too fast; please increase it more gradually.',
    code: 'ramp_limit_exceeded',
  },
  spend_cap: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Your organization has reached its monthly spend limit.',
    code: 'enforced_spend_limit_reached',
  },
  own_limit: {
    status: 400,
    type: 'invalid_request_error',
    message: 'You have reached your specified API usage limits.',
  },
  api_error: { status: 500, type: 'api_error', message: 'Internal server error' },
  unavailable: { status: 503, type: 'api_error', message: 'Service unavailable' },
  timeout: { status: 504, type: 'timeout_error', message: 'Request timed out' },
  overloaded: {
    status: 529,
    type: 'overloaded_error',
    message: 'Overloaded',
    headers: { 'x-should-retry': 'true' },
  },
}

/** A fault's answer, with what it needs of the call. */
export interface FaultAnswerParams {
  readonly error: FaultError
  readonly fault: AnswerFault
  readonly headers: AnswerHeaders
  /** Id of the batch in question, or empty. */
  readonly subject: string
  /** The proper answer's body, for `truncated`. */
  readonly properBody: unknown
}

/** Builds the wrong answer that a fault asks for. */
export function faultAnswer(params: FaultAnswerParams): Response<never> {
  const { error, headers, fault } = params
  switch (error) {
    case 'html':
      return page(200, headers)
    case 'bad_gateway':
      return page(502, headers)
    case 'truncated':
      return truncated(params)
    case 'too_large':
      return tooLarge()
    case 'not_found':
      return envelope(404, headers, notFound(params.subject))
    case 'no_results':
      return envelope(404, headers, noResults(params.subject))
    default: {
      const form = FORMS[error]
      const code = form.code === undefined ? {} : { details: { error_code: form.code } }
      const retry = fault.retryAfterSeconds
      const after = retry === undefined ? {} : { 'retry-after': String(retry) }
      const body = { type: form.type, message: form.message, ...code }
      return envelope(form.status, { ...headers, ...form.headers, ...after }, body)
    }
  }
}

/** The error of a batch that is not there. Text captured in September 2026. */
export function notFound(batchId: string): WireError['error'] {
  return { type: 'not_found_error', message: `Message Batch ${batchId} not found.` }
}

/** The error of results that are not there yet, or no longer. Text captured in September 2026. */
export function noResults(batchId: string): WireError['error'] {
  return {
    type: 'not_found_error',
    message: `Message Batch ${batchId} has no available results.`,
  }
}

/** An error in the API's envelope, with the request id of the headers. */
export function envelope(
  status: number,
  headers: AnswerHeaders,
  error: WireError['error'],
): Response<never> {
  const requestId = headers['request-id'] ?? null
  return {
    type: 'response',
    status,
    headers: { ...headers, 'content-type': 'application/json' },
    body: { type: 'error', error, request_id: requestId },
    end: 'complete',
  }
}

/** The 413 that comes from in front of the API: no envelope, no request id. */
export function tooLarge(): Response<never> {
  const error = { type: 'request_too_large', message: 'Request exceeds the maximum size' }
  return {
    type: 'response',
    status: 413,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error }),
    end: 'complete',
  }
}

function page(status: number, headers: AnswerHeaders): Response<never> {
  const title = status === 200 ? 'Welcome' : `${status} Bad Gateway`
  return {
    type: 'response',
    status,
    headers: { date: headers.date ?? '', 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    end: 'complete',
  }
}

function truncated(params: FaultAnswerParams): Response<never> {
  const whole = JSON.stringify(params.properBody ?? {})
  return {
    type: 'response',
    status: 200,
    headers: { ...params.headers, 'content-type': 'application/json' },
    body: whole.slice(0, Math.floor(whole.length / 2)),
    end: 'reset',
  }
}
