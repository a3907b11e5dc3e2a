/**
 * Why a receiver did not take a webhook. Stable.
 *
 * - `status`: it answered with something else than 2xx.
 * - `gone`: it answered 410, which asks to be sent nothing any more.
 * - `redirect`: it answered with another address, which is never followed.
 * - `timeout`: there was no answer in time. It may have taken it.
 * - `connection`: there was no connection, or it broke off. It may have taken it.
 * - `unknown_host`: no address was found.
 * - `blocked`: its address may not be called, so nothing was sent.
 */
export type WebhookRefusal =
  | 'status'
  | 'gone'
  | 'redirect'
  | 'timeout'
  | 'connection'
  | 'unknown_host'
  | 'blocked'

/** What came of one try to send a webhook. */
export type WebhookOutcome =
  | { readonly type: 'taken'; readonly status: number }
  | {
      readonly type: 'not_taken'
      readonly reason: WebhookRefusal
      /** Null where nothing answered. */
      readonly status: number | null
      /** For people, without a secret, a path or a query. */
      readonly detail: string
      /** What the receiver asked to wait before the next try, milliseconds; null for nothing. */
      readonly retryAfterMs: number | null
    }

type NotTaken = Extract<WebhookOutcome, { type: 'not_taken' }>

const SUCCESS = [200, 299] as const
const REDIRECT = [300, 399] as const
const GONE = 410

/** What an answer means. */
export function outcomeOfStatus(
  status: number,
  { host, retryAfterMs }: { readonly host: string; readonly retryAfterMs: number | null },
): WebhookOutcome {
  if (isIn(status, SUCCESS)) return { type: 'taken', status }
  const reason = status === GONE ? 'gone' : isIn(status, REDIRECT) ? 'redirect' : 'status'
  return { ...notTaken(reason, `${host} answered ${status}`), status, retryAfterMs }
}

/** A try that nothing answered. */
export function notTaken(reason: WebhookRefusal, detail: string): NotTaken {
  return { type: 'not_taken', reason, status: null, detail, retryAfterMs: null }
}

/** What `retry-after` says, in seconds or as a date; null for nothing that can be read. */
export function readRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  const text = value.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

function isIn(status: number, [first, last]: readonly [number, number]): boolean {
  return status >= first && status <= last
}
