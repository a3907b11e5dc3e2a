import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { notTaken, outcomeOfStatus, readRetryAfter, type WebhookOutcome } from './outcome.js'
import type { HostAddress } from './target.js'

/** One try. */
export interface Post {
  readonly url: URL
  /** The address that was looked at; no other one is called. */
  readonly to: HostAddress
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly timeoutMs: number
  readonly now: () => number
}

/** Sends a body once and reads the status; whatever the receiver answers beside it is of no interest. */
export function post({ url, to, headers, body, timeoutMs, now }: Post): Promise<WebhookOutcome> {
  const request = url.protocol === 'http:' ? requestHttp : requestHttps
  return new Promise((resolve) => {
    const sending = request(url, {
      method: 'POST',
      // A connection of its own, which ends with it.
      agent: false,
      headers: { ...headers, 'content-length': String(body.length) },
      lookup: pinnedTo(to),
      signal: AbortSignal.timeout(timeoutMs),
    })
    sending.on('response', (answer) => resolve(outcomeOf(sending, answer, { url, now })))
    sending.on('error', (error) => resolve(outcomeOfError(error, url, timeoutMs)))
    sending.end(body)
  })
}

// The host's name still stands in the certificate that is asked for, and in `host`.
function pinnedTo({ address, family }: HostAddress): LookupFunction {
  return (_, options, callback) => {
    if (options.all === true) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
}

function outcomeOf(
  sending: ClientRequest,
  answer: IncomingMessage,
  { url, now }: Pick<Post, 'url' | 'now'>,
): WebhookOutcome {
  const retryAfterMs = readRetryAfter(answer.headers['retry-after'], now())
  sending.on('error', () => undefined)
  sending.destroy()
  return outcomeOfStatus(answer.statusCode ?? 0, { host: url.host, retryAfterMs })
}

function outcomeOfError(error: Error, { host }: URL, timeoutMs: number): WebhookOutcome {
  if (
    error.name === 'TimeoutError' ||
    (error.cause instanceof Error && error.cause.name === 'TimeoutError')
  ) {
    return notTaken('timeout', `${host} did not answer within ${timeoutMs} ms`)
  }
  const code = (error as NodeJS.ErrnoException).code ?? error.name
  return notTaken('connection', `the connection to ${host} failed (${code})`)
}
