import { ConfigError } from '../errors.js'
import { DEFAULT_QUEUE_POLICY, type QueuePolicy, RESCUE_MODES } from '../model/queue-policy.js'
import { HOUR_MS } from '../model/time.js'
import { checkFlush } from './check-flush.js'
import { isScheduled } from './flush.js'
import { nearNames } from './intake/near-names.js'
import { outputForm } from './outputs/output-form.js'

const LOST_ANSWERS: readonly unknown[] = ['resend', 'wait', 'ask']
const UNUSABLE: readonly unknown[] = ['cut_off', 'refused', 'empty']
const CACHE_PREFIXES: readonly unknown[] = ['none', '5m', '1h']
const NEXT_STEP = 'Correct the policy of the queue; nothing of it was stored.'

/** What a member may be, in words, and whether a value is that. */
interface Rule {
  readonly expected: string
  readonly isKept: (value: unknown) => boolean
}

const RULES: Readonly<Record<Exclude<keyof QueuePolicy, 'flush'>, Rule>> = {
  maxBatchRequests: wholeNumber(1, 100_000),
  maxBatchBytes: wholeNumber(1, 255_000_000),
  deadlineBatchRequests: wholeNumber(1, 100_000),
  onLostAnswer: {
    expected: '"resend", "wait" or "ask"',
    isKept: (value) => LOST_ANSWERS.includes(value),
  },
  maxFailures: wholeNumber(1, 100),
  giveUpAfterMs: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  accept: {
    expected: 'a list of "cut_off", "refused" and "empty", or an empty one',
    isKept: (value) => Array.isArray(value) && value.every((each) => UNUSABLE.includes(each)),
  },
  raiseMaxTokensTo: wholeNumber(0, 1_000_000),
  continueAtMost: wholeNumber(0, 100),
  askRefusedOf: {
    expected: 'the name of a model, or null',
    isKept: (value) => value === null || isModelName(value),
  },
  outputSchema: {
    expected: 'a JSON Schema, or null',
    isKept: (value) => typeof value === 'object' && !Array.isArray(value),
  },
  canary: wholeNumber(0, 1_000),
  primerWaitMs: wholeNumber(0, 24 * HOUR_MS),
  cachePrefix: {
    expected: '"none", "5m" or "1h"',
    isKept: (value) => CACHE_PREFIXES.includes(value),
  },
  routing: {
    expected: '"asked" or "rules"',
    isKept: (value) => value === 'asked' || value === 'rules',
  },
  whenFew: {
    expected: '"batch" or "realtime"',
    isKept: (value) => value === 'batch' || value === 'realtime',
  },
  fewADay: wholeNumber(1, 1_000),
  batchPercent: wholeNumber(0, 100),
  rescue: {
    expected: '"never", "reroute", "hedge" or "cancel_batch_first"',
    isKept: (value) => RESCUE_MODES.some((mode) => mode === value),
  },
  keyTails: { expected: 'true or false', isKept: (value) => typeof value === 'boolean' },
}

const MEMBERS: readonly string[] = ['flush', ...Object.keys(RULES)]

/**
 * Checks the form of what a program, a file or a store gives of a queue's policy. Members that are left out, or undefined,
 * are none. Whether a schedule occurs is the calendar's to say.
 *
 * @throws {ConfigError} naming the first member that is unknown, or out of its range.
 */
export function checkPolicy(policy: object): void {
  const given = policy as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).find((name) => !MEMBERS.includes(name))
  if (unknown !== undefined) throw unknownMember(unknown)
  const { flush } = given
  if (flush !== undefined) checkFlushMember(flush)
  // What is wrong with a schema is best said by who reads it.
  if ((given.outputSchema ?? null) !== null) outputForm(given.outputSchema)
  for (const [name, { expected, isKept }] of Object.entries(RULES)) {
    const value = given[name]
    if (value !== undefined && !isKept(value)) throw wrong(name, expected, value)
  }
}

/**
 * A whole policy from what a store holds of one. What cannot be used counts as not set, so that nobody's mistake stops
 * the others; only about a lost answer the careful reading is taken, which is to ask.
 */
export function usablePolicy(stored: object): QueuePolicy {
  const given = stored as Readonly<Record<string, unknown>>
  const usable: Record<string, unknown> = { ...DEFAULT_QUEUE_POLICY }
  for (const [name, { isKept }] of Object.entries(RULES)) {
    const value = given[name]
    if (value !== undefined && isKept(value)) usable[name] = value
    else if (value !== undefined && name === 'onLostAnswer') usable[name] = 'ask'
  }
  return { ...(usable as unknown as QueuePolicy), flush: usableFlush(given.flush) }
}

// Beside a schedule nothing is implied.
function usableFlush(stored: unknown): QueuePolicy['flush'] {
  const otherwise = DEFAULT_QUEUE_POLICY.flush
  if (typeof stored !== 'object' || stored === null) return otherwise
  const flush = { ...(isScheduled(stored as QueuePolicy['flush']) ? {} : otherwise), ...stored }
  try {
    checkFlush(flush)
  } catch {
    return otherwise
  }
  return flush as QueuePolicy['flush']
}

function checkFlushMember(flush: unknown): void {
  if (typeof flush !== 'object' || flush === null || Array.isArray(flush)) {
    throw wrong('flush', 'an object with count, bytes and ageMs, or with a schedule', flush)
  }
  checkFlush(flush)
}

function isModelName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.trim() === value
}

function wholeNumber(least: number, most: number): Rule {
  const upTo =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
  return {
    expected: `a whole number ${upTo}`,
    isKept: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most,
  }
}

function unknownMember(name: string): ConfigError {
  const [near] = nearNames(name, MEMBERS, 1)
  const meant = near === undefined ? '' : ` Was ${near} meant?`
  return new ConfigError(
    `the policy of a queue: expected some of ${MEMBERS.join(', ')}, got ${JSON.stringify(name)}.${meant}`,
    NEXT_STEP,
  )
}

function wrong(name: string, expected: string, value: unknown): ConfigError {
  const got = typeof value === 'number' ? String(value) : JSON.stringify(value)
  return new ConfigError(`${name}: expected ${expected}, got ${got}.`, NEXT_STEP)
}
