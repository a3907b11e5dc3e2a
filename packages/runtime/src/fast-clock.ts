import { ConfigError, type EpochMs } from '@halfrate/core'
import { PROVIDER_HOST } from './provider-url.js'

/**
 * A clock that several processes share and that runs faster than real time, for tests and the demo.
 *
 * An emulator prints it on its start line.
 */
export interface FastClock {
  /** The real instant at which the shared clock began. Epoch milliseconds. */
  readonly origin: number
  /** What it showed at that instant. Epoch milliseconds. */
  readonly start: number
  /** Virtual milliseconds in one real one; 1 is real speed. 0 stands still, which only a clock of the same process may do. */
  readonly factor: number
}

/** What the shared clock shows at a real instant. Without one, the real instant. */
export function virtualInstant(clock: FastClock | null, realAt: number): EpochMs {
  if (clock === null) return realAt
  return Math.floor(clock.start + (realAt - clock.origin) * clock.factor)
}

/**
 * Reads a fast clock from JSON: `{"origin", "start", "factor"}`, or a whole start line that has it as `clock`.
 *
 * @throws {ConfigError} when a member is missing or is not a number in its range.
 */
export function parseFastClock(text: string): FastClock {
  const parsed = parseJson(text)
  const value = isRecord(parsed) && isRecord(parsed.clock) ? parsed.clock : parsed
  if (!isRecord(value)) throw notAClock(`a JSON object, got ${text.slice(0, 60)}`)
  return {
    origin: finite(value, 'origin', 0),
    start: finite(value, 'start', 0),
    factor: finite(value, 'factor', Number.MIN_VALUE),
  }
}

/**
 * Refuses a fast clock for the provider's own host, where it would make every waiting time wrong.
 *
 * @throws {ConfigError} when both are given.
 */
export function refuseFastClockAtProvider(clock: FastClock | null, baseUrl: URL): void {
  if (clock === null || baseUrl.hostname !== PROVIDER_HOST) return
  throw new ConfigError(
    `a fast clock can't be used with ${PROVIDER_HOST}, whose time is real.`,
    'Leave the clock out, or name the emulator as the base URL.',
  )
}

function finite(value: Record<string, unknown>, name: string, least: number): number {
  const member = value[name]
  if (typeof member === 'number' && Number.isFinite(member) && member >= least) return member
  const range = least > 0 ? 'a number above 0' : 'a number of at least 0'
  throw notAClock(`${name} to be ${range}, got ${JSON.stringify(member) ?? 'nothing'}`)
}

function notAClock(expected: string): ConfigError {
  return new ConfigError(
    `clock: expected ${expected}.`,
    'Pass the start line that the emulator printed, or a file that holds it.',
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
