import type { Answer, AnswerHeaders, LinesResponse, NoAnswer, Response } from './answer.js'
import type { AnswerFault } from './fault.js'
import { envelope, faultAnswer, noResults, notFound, tooLarge } from './fault-answer.js'
import type { WireErrorType } from './wire.js'

const REQUESTS_PER_MINUTE = 4_000

/** One call to the model that has passed the door: when, for whom, and the answers it can get. */
export class Call {
  /** Epoch milliseconds. */
  readonly now: number
  readonly workspaceId: string
  readonly origin: string
  readonly version: string
  readonly betas: readonly string[]
  readonly headers: AnswerHeaders

  constructor(
    facts: Pick<Call, 'now' | 'workspaceId' | 'origin' | 'version' | 'betas' | 'headers'>,
  ) {
    this.now = facts.now
    this.workspaceId = facts.workspaceId
    this.origin = facts.origin
    this.version = facts.version
    this.betas = facts.betas
    this.headers = facts.headers
  }

  /** A 200 with a JSON body. */
  ok<Body>(body: Body, extra: AnswerHeaders = {}): Response<Body> {
    const headers = { ...this.headers, 'content-type': 'application/json', ...extra }
    return { type: 'response', status: 200, headers, body, end: 'complete' }
  }

  /** The 404 of a batch that is not there. */
  notFound(batchId: string): Response<never> {
    return envelope(404, this.headers, notFound(batchId))
  }

  /** The 404 of results that are not there. */
  noResults(batchId: string): Response<never> {
    return envelope(404, this.headers, noResults(batchId))
  }

  /** The 400 of a request that can't be served. */
  invalid(message: string): Response<never> {
    return this.error(400, 'invalid_request_error', message)
  }

  /** The 413 of a body that is too large. */
  tooLarge(): Response<never> {
    return tooLarge()
  }

  /** Any other error in its envelope. */
  error(
    status: number,
    type: WireErrorType,
    message: string,
    code: string | null = null,
  ): Response<never> {
    const details = code === null ? {} : { details: { error_code: code } }
    return envelope(status, this.headers, { type, message, ...details })
  }

  /** Rate limit headers, as batch calls bear them. The limit is never reached. */
  rateHeaders(): AnswerHeaders {
    return {
      'anthropic-ratelimit-requests-limit': String(REQUESTS_PER_MINUTE),
      'anthropic-ratelimit-requests-remaining': String(REQUESTS_PER_MINUTE - 1),
      'anthropic-ratelimit-requests-reset': `${new Date(this.now).toISOString().slice(0, 19)}Z`,
    }
  }
}

/** Whether a call under this fault does its work. */
export function takesEffect(fault: AnswerFault | null): boolean {
  if (fault === null) return true
  if (fault.loseRequest === true) return false
  if (fault.loseResponse === true || fault.hang === true) return true
  return fault.error === undefined || (fault.accepted ?? fault.error === 'truncated')
}

/** What the caller gets to see of a call under a fault. `proper` is null if the work was not done. */
export function shownAnswer<Proper extends Answer<unknown> | LinesResponse>(params: {
  readonly fault: AnswerFault | null
  readonly proper: Proper | null
  readonly headers: AnswerHeaders
  readonly subject: string
}): Proper | Response<never> | NoAnswer {
  const { fault, proper, headers, subject } = params
  if (fault?.loseRequest === true || fault?.loseResponse === true) return { type: 'reset' }
  if (fault?.hang === true) return { type: 'hang' }
  if (fault?.error !== undefined) {
    const properBody = proper?.type === 'response' ? proper.body : undefined
    return faultAnswer({ error: fault.error, fault, headers, subject, properBody })
  }
  return proper ?? { type: 'reset' }
}
