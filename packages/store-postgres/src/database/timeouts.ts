import { ConfigError } from '@halfrate/core'

/** How long things may take on PostgreSQL, milliseconds; a default stands for what is left out. */
export interface TimeoutOptions {
  readonly statementTimeoutMs?: number | undefined
  readonly lockTimeoutMs?: number | undefined
  readonly idleInTransactionTimeoutMs?: number | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly callTimeoutMs?: number | undefined
}

/** How long things may take, milliseconds. */
export interface Timeouts {
  readonly statementMs: number
  readonly lockMs: number
  readonly idleInTransactionMs: number
  /** For a connection, and for the first answer on it. */
  readonly connectMs: number
  /** After so long without an answer a connection is taken for dead. */
  readonly answerMs: number
  /** For one call of the store, with all of its tries. */
  readonly callMs: number
}

const LONGEST_MS = 3_600_000
// The server gives up first, and says so.
const ANSWER_GRACE_MS = 5_000

/**
 * The time-outs of a store. One call has time for a statement that gets no answer, and for the same again.
 *
 * @throws {ConfigError} when one is not a whole number from 1 to 3,600,000.
 */
export function timeoutsOf(options: TimeoutOptions): Timeouts {
  const statementMs = checked('statementTimeoutMs', options.statementTimeoutMs ?? 60_000)
  const answerMs = statementMs + ANSWER_GRACE_MS
  const idleInTransactionMs = options.idleInTransactionTimeoutMs ?? 60_000
  return {
    statementMs,
    lockMs: checked('lockTimeoutMs', options.lockTimeoutMs ?? 10_000),
    idleInTransactionMs: checked('idleInTransactionTimeoutMs', idleInTransactionMs),
    connectMs: checked('connectTimeoutMs', options.connectTimeoutMs ?? 10_000),
    answerMs,
    callMs: checked('callTimeoutMs', options.callTimeoutMs ?? Math.min(LONGEST_MS, 2 * answerMs)),
  }
}

function checked(name: string, ms: number): number {
  if (Number.isSafeInteger(ms) && ms >= 1 && ms <= LONGEST_MS) return ms
  throw new ConfigError(
    `${name}: expected a whole number of milliseconds from 1 to 3,600,000, got ${ms}.`,
    'Nothing may take for ever, so 0 is no time-out here: name a longest time.',
  )
}
