import { ConfigError, type EpochMs } from '@halfrate/core'
import { notTaken, type WebhookOutcome } from './outcome.js'
import { post } from './post.js'
import { secretBytes } from './secret.js'
import { signatureHeader } from './signature.js'
import { systemNow } from './system.js'
import { findTarget, type Resolve, readUrl, systemResolve } from './target.js'
import { WebhookNotTakenError } from './webhook-not-taken-error.js'

/** Where webhooks go, and how. */
export interface WebhookOptions {
  /** Of the receiver, `https://…`. It is called at its public addresses only, and no redirect is followed. */
  readonly url: string
  /**
   * By which they are signed, `whsec_…`: one, or two while the receiver changes from one to the other. Each is made by
   * `newWebhookSecret`.
   */
  readonly secrets: readonly string[]
  /** Whether the receiver is on this machine or in a network of one's own: then addresses there are called too, and plain HTTP. Default false. */
  readonly isInternal?: boolean | undefined
  /** How long a try may take until the receiver has answered, milliseconds. Default 15,000. */
  readonly timeoutMs?: number | undefined
  /** Finds the addresses of a host. Default: the system's resolver. */
  readonly resolve?: Resolve | undefined
  /** Default: the machine's clock. */
  readonly now?: (() => EpochMs) | undefined
}

/** Something to tell a receiver. */
export interface WebhookMessage {
  /** The same for every try, so that a receiver knows what it has had. Printable ASCII without a space, up to 256 characters. */
  readonly id: string
  /** What it is about, such as `request.done`. */
  readonly type: string
  /** What is told: whatever JSON can write. */
  readonly data: unknown
}

/** A receiver of webhooks. */
export interface Webhook {
  /** Sends a message once, signed at this moment, and answers what came of it. It never throws for what the receiver does. */
  send(message: WebhookMessage): Promise<WebhookOutcome>
  /**
   * Sends a message once, as a handler of results does.
   *
   * @throws {WebhookNotTakenError} when the receiver did not take it, so that whoever keeps the result tries again.
   */
  deliver(message: WebhookMessage): Promise<void>
}

const TIMEOUT_MS = 15_000
const MOST_SECRETS = 2
const ID = /^[\x21-\x7e]{1,256}$/
const USER_AGENT = 'Halfrate-Webhooks/1'

/**
 * Opens a receiver. Nothing is sent yet.
 *
 * Signatures are those of Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), so that receivers can
 * check them by the libraries there are.
 *
 * @throws {ConfigError} when the URL or a secret can't be used.
 */
export function openWebhook(options: WebhookOptions): Webhook {
  const { isInternal = false, timeoutMs = TIMEOUT_MS, resolve = systemResolve } = options
  const now = options.now ?? systemNow
  const url = readUrl(options.url, isInternal)
  const secrets = readSecrets(options.secrets)
  const send = async (message: WebhookMessage): Promise<WebhookOutcome> => {
    const id = checkId(message.id)
    const at = now()
    const body = bodyOf(message, at)
    const target = await within(timeoutMs, findTarget(url, { isInternal, resolve }))
    if (target === null) return notTaken('timeout', `${url.hostname} was not found in time`)
    if (target.type !== 'address') return notTaken(target.type, target.detail)
    const timestamp = Math.floor(at / 1_000)
    const headers = {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureHeader({ id, timestamp, body }, secrets),
    }
    return await post({ url, to: target.to, headers, body, timeoutMs, now })
  }
  return {
    send,
    deliver: async (message) => {
      const outcome = await send(message)
      if (outcome.type === 'not_taken') throw new WebhookNotTakenError(outcome)
    },
  }
}

// A name server may never answer, and a lookup can't be taken back.
async function within<Value>(ms: number, work: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}

function readSecrets(secrets: readonly string[]): readonly Buffer[] {
  const given: unknown = secrets
  if (Array.isArray(given) && given.length >= 1 && given.length <= MOST_SECRETS) {
    return secrets.map(secretBytes)
  }
  throw new ConfigError(
    `secrets: expected a list of one or ${MOST_SECRETS}, got ${Array.isArray(given) ? given.length : typeof given}.`,
    'Make one by newWebhookSecret(). Nothing was sent.',
  )
}

function checkId(id: unknown): string {
  if (typeof id === 'string' && ID.test(id)) return id
  throw new ConfigError(
    `id: expected 1 to 256 printable characters of ASCII without a space, got ${JSON.stringify(id) ?? String(id)}.`,
    'Give each message an id that stays the same. Nothing was sent.',
  )
}

function bodyOf({ type, data }: WebhookMessage, at: EpochMs): Buffer {
  return Buffer.from(JSON.stringify({ type, timestamp: new Date(at).toISOString(), data }))
}
