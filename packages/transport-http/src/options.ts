import { type AccountId, ConfigError, type EpochMs, MINUTE_MS } from '@halfrate/core'

/** How to reach one account. Read anew at every call, so a rotated key takes effect at once. */
export interface HttpAccount {
  /** Origin, with or without a path, such as `https://api.anthropic.com`. */
  readonly baseUrl: string
  /** The API key, or what fetches it. Exactly one of this and {@link HttpAccount.authToken}. */
  readonly apiKey?: string | (() => Promise<string>) | undefined
  readonly authToken?: string | undefined
  /** Header that bears the credential. Default `bearer`, as the provider's own clients do since 1.0. */
  readonly auth?: 'bearer' | 'x-api-key' | undefined
  /** For credentials that reach several workspaces; null for none. */
  readonly workspaceId?: string | null | undefined
}

/** Limits in real time, whatever the engine's clock says. Milliseconds, 1 to 3,600,000. */
export interface HttpTimeouts {
  /** From the call to the whole answer, for everything but create and the lines of results. Default 60,000. */
  readonly readMs?: number | undefined
  /**
   * From the last byte of a create to its whole answer. Default 300,000, which is also where Node's own fetch gives
   * up when it carries the call. Before the last byte only `mayContinue` decides, because it knows the size.
   */
  readonly answerMs?: number | undefined
}

/** What the transport is made from. */
export interface HttpTransportOptions {
  /** Tells how to reach an account. May throw; the call then fails without a byte. */
  readonly accounts: (account: AccountId) => HttpAccount
  /** Instant to use where an answer has no `date` header. */
  readonly now: () => EpochMs
  /**
   * What carries every call. Default: the global one, looked up at the call; as long as that is Node's own, creates and
   * results go over `node:http`, which takes less memory and time.
   */
  readonly fetch?: typeof fetch | undefined
  readonly timeouts?: HttpTimeouts | undefined
  /** Longest silence inside results. Milliseconds, 1 to 300,000. Default 60,000. */
  readonly idleTimeoutMs?: number | undefined
  /** Longest line of results, without its line feed. Bytes, from 1. Default 67,108,864. */
  readonly maxLineBytes?: number | undefined
  /** `user-agent` to send. Default: the SDK's. */
  readonly userAgent?: string | undefined
}

/** {@link HttpTransportOptions}, checked, with the defaults filled in. */
export interface HttpSettings {
  readonly accounts: (account: AccountId) => HttpAccount
  readonly now: () => EpochMs
  /** Null for the global one. */
  readonly fetch: typeof fetch | null
  readonly readMs: number
  readonly answerMs: number
  readonly idleTimeoutMs: number
  readonly maxLineBytes: number
  readonly userAgent: string | null
}

/**
 * Checks options and fills in defaults.
 *
 * @throws {ConfigError} names the option, what was expected and what came.
 */
export function settingsOf(options: HttpTransportOptions): HttpSettings {
  const { timeouts = {} } = options
  return Object.freeze({
    accounts: options.accounts,
    now: options.now,
    fetch: options.fetch ?? null,
    readMs: whole('timeouts.readMs', timeouts.readMs ?? MINUTE_MS, 60 * MINUTE_MS),
    answerMs: whole('timeouts.answerMs', timeouts.answerMs ?? 5 * MINUTE_MS, 60 * MINUTE_MS),
    idleTimeoutMs: whole('idleTimeoutMs', options.idleTimeoutMs ?? MINUTE_MS, 5 * MINUTE_MS),
    maxLineBytes: whole('maxLineBytes', options.maxLineBytes ?? 64 * 1024 * 1024, 2 ** 31 - 1),
    userAgent: options.userAgent ?? null,
  })
}

function whole(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new ConfigError(
    `${name}: expected a whole number from 1 to ${most}, got ${String(value)}.`,
    'Correct the option, or leave it out.',
  )
}
