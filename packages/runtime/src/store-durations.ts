import { ConfigError } from '@halfrate/core'

/** What a store on PostgreSQL waits for at most, milliseconds; undefined for its default. */
export interface StoreTimeouts {
  readonly statementTimeoutMs: number | undefined
  readonly lockTimeoutMs: number | undefined
  readonly idleInTransactionTimeoutMs: number | undefined
  readonly connectTimeoutMs: number | undefined
  readonly callTimeoutMs: number | undefined
}

type Unit = 'ms' | 's' | 'min' | 'h'

const MS_OF: Readonly<Record<Unit, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 }
const DURATION = /^(\d{1,10})\s*(ms|s|min|h)?$/
const LONGEST_MS = 3_600_000

/**
 * Takes the time-outs out of the query of a store's URL. They have PostgreSQL's names and its units (`ms`, `s`, `min`,
 * `h`); a plain number is milliseconds, and in `connect_timeout` seconds, as PostgreSQL has it.
 *
 * @param take - answers a member of the query and takes it out; undefined when it is not there.
 * @throws {ConfigError} when one is not a time from 1 ms to 1 h.
 */
export function takeTimeouts(take: (name: string) => string | undefined): StoreTimeouts {
  const ms = (name: string, plain: Unit = 'ms'): number | undefined =>
    durationMs(name, take(name), plain)
  return {
    statementTimeoutMs: ms('statement_timeout'),
    lockTimeoutMs: ms('lock_timeout'),
    idleInTransactionTimeoutMs: ms('idle_in_transaction_session_timeout'),
    connectTimeoutMs: ms('connect_timeout', 's'),
    callTimeoutMs: ms('call_timeout'),
  }
}

function durationMs(name: string, text: string | undefined, plain: Unit): number | undefined {
  if (text === undefined) return undefined
  const [, digits, unit = plain] = DURATION.exec(text.trim()) ?? []
  const ms = Number(digits) * MS_OF[unit as Unit]
  if (ms >= 1 && ms <= LONGEST_MS) return ms
  const meaning = plain === 's' ? 'seconds' : 'milliseconds'
  throw new ConfigError(
    `${name}: expected a time from 1 ms to 1 h, such as 500ms, 30s or 2min (a plain number is ${meaning}), got ${JSON.stringify(text)}.`,
    ms === 0
      ? 'Correct it in the URL of the store. 0 is “no limit” in PostgreSQL; here nothing may take for ever.'
      : 'Correct it in the URL of the store.',
  )
}
