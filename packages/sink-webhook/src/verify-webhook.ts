import type { EpochMs } from '@halfrate/core'
import { secretBytes } from './secret.js'
import { isSignedBy } from './signature.js'
import { systemNow } from './system.js'

/** What a receiver has of a webhook. */
export interface ReceivedWebhook {
  /** By their names in lower case, as `node:http` has them; or those of `fetch`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** As it came, before anything has read it as JSON. */
  readonly body: string | Uint8Array
}

/** Whether a webhook is what it says. `stale` is signed well, and too long ago or in the future: somebody may send it a second time. */
export type WebhookVerdict =
  | { readonly type: 'good'; readonly id: string; readonly sentAt: EpochMs }
  | { readonly type: 'incomplete' | 'forged' | 'stale' }

const TOLERANCE_S = 300

/**
 * Says whether a webhook was signed by one of the secrets, and not long ago.
 *
 * @throws {ConfigError} when a secret is none.
 */
export function verifyWebhook(
  { headers, body }: ReceivedWebhook,
  secrets: readonly string[],
  now: EpochMs = systemNow(),
): WebhookVerdict {
  const [id, time, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headerOf(headers, name),
  )
  const timestamp = /^\d{1,12}$/.test(time ?? '') ? Number(time) : null
  if (!id || timestamp === null || !signature) return { type: 'incomplete' }
  const keys = secrets.map(secretBytes)
  if (!isSignedBy(signature, { id, timestamp, body }, keys)) return { type: 'forged' }
  const isStale = Math.abs(now / 1_000 - timestamp) > TOLERANCE_S
  return isStale ? { type: 'stale' } : { type: 'good', id, sentAt: timestamp * 1_000 }
}

function headerOf(headers: ReceivedWebhook['headers'], name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
