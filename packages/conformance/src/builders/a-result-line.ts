import type { NanoUsd, RequestId, ResultLine, Usage, Verdict } from '@halfrate/core'

const encoder = new TextEncoder()

/** How a request ends that was answered well. */
export const SUCCEEDED: Verdict = { status: 'succeeded', reason: 'usable', detail: null }

/** Tokens that a built success used. */
export const SOME_USAGE: Usage = {
  inputTokens: 120,
  outputTokens: 30,
  cacheReadTokens: 5,
  cacheWrite5mTokens: 4,
  cacheWrite1hTokens: 3,
  webSearchRequests: 0,
  inferenceGeo: 'us',
}

/** What a test says of a line; its bytes follow from its text. */
export interface ResultLineOptions extends Partial<Omit<ResultLine, 'bytes'>> {
  /** The line itself; by default one that names the request and the outcome. */
  readonly text?: string | undefined
}

/** Builds a usable success that ends its request. */
export function aSuccess(requestId: RequestId, options: ResultLineOptions = {}): ResultLine {
  return aLine(requestId, {
    outcome: 'succeeded',
    usability: 'usable',
    usage: SOME_USAGE,
    costNano: 150_000 as NanoUsd,
    realtimeNano: 300_000 as NanoUsd,
    verdict: SUCCEEDED,
    ...options,
  })
}

/** Builds an error of the provider's, which takes effect at close. */
export function anError(requestId: RequestId, options: ResultLineOptions = {}): ResultLine {
  return aLine(requestId, { outcome: 'errored', errorType: 'api_error', ...options })
}

/** Builds a line of any outcome. */
export function aLine(
  requestId: RequestId,
  options: ResultLineOptions & Pick<ResultLine, 'outcome'>,
): ResultLine {
  const { text, ...overrides } = options
  const bytes = encoder.encode(text ?? JSON.stringify([requestId, options.outcome]))
  return {
    requestId,
    usability: null,
    errorType: null,
    usage: null,
    costNano: null,
    realtimeNano: null,
    verdict: null,
    bytes,
    ...overrides,
  }
}
