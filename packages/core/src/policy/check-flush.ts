import { ConfigError } from '../errors.js'

const RANGES = {
  count: [1, 100_000],
  bytes: [1, 255_000_000],
  ageMs: [0, Number.MAX_SAFE_INTEGER],
} as const
const NEXT_STEP = 'Correct the policy of the queue; nothing of it was stored.'

/**
 * Checks the form of a flush rule as a program, a file or a store gives it. Whether a schedule occurs is the calendar's to say.
 *
 * @throws {ConfigError} when a member is missing, unknown or out of its range.
 */
export function checkFlush(flush: object): void {
  const { schedule, timeZone, ...limits } = flush as Readonly<Record<string, unknown>>
  const isScheduled = schedule !== undefined || timeZone !== undefined
  if (isScheduled) {
    checkText('schedule', schedule, 'five fields of cron such as "0 2 * * *"')
    checkText('timeZone', timeZone, 'a time zone such as "Europe/Berlin" beside the schedule')
  }
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = limits[name]
    if (value === undefined && isScheduled) continue
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
      continue
    const upTo =
      most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
    throw wrong(name, `a whole number ${upTo}`, value)
  }
  const unknown = Object.keys(limits).find((name) => !Object.hasOwn(RANGES, name))
  if (unknown !== undefined) {
    throw wrong(
      unknown,
      'no such member (there are count, bytes, ageMs, schedule and timeZone)',
      limits[unknown],
    )
  }
}

function checkText(name: string, value: unknown, expected: string): void {
  if (typeof value !== 'string' || value.trim() === '') throw wrong(name, expected, value)
}

function wrong(name: string, expected: string, value: unknown): ConfigError {
  const got = value === undefined ? 'none' : JSON.stringify(value)
  return new ConfigError(`flush.${name}: expected ${expected}, got ${got}.`, NEXT_STEP)
}
