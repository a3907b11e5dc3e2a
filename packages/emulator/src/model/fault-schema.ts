import { InvalidFaultError } from './emulator-error.js'
import type { FaultByOp, FaultOp } from './fault.js'
import { isObject } from './json-access.js'

type Check = (value: unknown) => boolean
interface Rule {
  readonly expected: string
  readonly check: Check
}
type Rules = Readonly<Record<string, Rule>>

const FLAG: Rule = { expected: 'true or false', check: (value) => typeof value === 'boolean' }
const TEXT: Rule = { expected: 'a text', check: (value) => typeof value === 'string' }
const SPAN: Rule = {
  expected: 'milliseconds, a whole number from 0',
  check: (value) => isWhole(value, 0),
}

function isWhole(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least
}

function whole(least: number): Rule {
  return { expected: `a whole number from ${least}`, check: (value) => isWhole(value, least) }
}

function oneOf(...choices: readonly string[]): Rule {
  return {
    expected: `one of ${choices.join(', ')}`,
    check: (value) => typeof value === 'string' && choices.includes(value),
  }
}

const TIMING: Rules = {
  times: whole(1),
  afterTimes: whole(0),
  everyNth: whole(1),
  probability: {
    expected: 'a number from 0 to 1',
    check: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
}

const ANSWER: Rules = {
  ...TIMING,
  loseResponse: FLAG,
  loseRequest: FLAG,
  hang: FLAG,
  error: oneOf(
    ...['authentication', 'billing', 'permission', 'not_found', 'no_results', 'conflict'],
    ...[
      'too_large',
      'rate_limit',
      'ramp_limit',
      'spend_cap',
      'own_limit',
      'api_error',
      'bad_gateway',
    ],
    ...['unavailable', 'timeout', 'overloaded', 'html', 'truncated'],
  ),
  accepted: FLAG,
  retryAfterSeconds: whole(0),
}

const STOP_REASON: Rule = oneOf(
  ...['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'pause_turn', 'refusal'],
  'model_context_window_exceeded',
)
const CONTENT: Rule = oneOf('empty', 'thinking')
const STALE: Rules = { ...ANSWER, staleMs: SPAN }

const RULES: Readonly<Record<FaultOp, Rules>> = {
  create: {
    ...ANSWER,
    lateMs: SPAN,
    listLagMs: SPAN,
    retrieveLagMs: SPAN,
    turnaroundMs: SPAN,
    twin: oneOf('first', 'second', 'refusal'),
    twinDelayMs: SPAN,
    canceledAfterMs: SPAN,
    deletedAfterMs: SPAN,
  },
  retrieve: STALE,
  list: STALE,
  cancel: { ...ANSWER, ignored: FLAG },
  delete: ANSWER,
  results: {
    ...ANSWER,
    cut: oneOf('line_end', 'mid_line'),
    cutAfterLines: whole(0),
    cutEnd: oneOf('clean', 'reset', 'stall'),
    dropContentType: FLAG,
    duplicateLines: whole(0),
    conflictingLines: whole(0),
    malformedLines: whole(0),
    foreignLines: whole(0),
    omitLines: whole(0),
  },
  row: {
    ...TIMING,
    containing: TEXT,
    refused: FLAG,
    outcome: oneOf('errored', 'expired'),
    error: oneOf(
      ...['invalid_request_error', 'authentication_error', 'billing_error', 'permission_error'],
      ...['not_found_error', 'rate_limit_error', 'timeout_error', 'api_error', 'overloaded_error'],
    ),
    message: TEXT,
    early: FLAG,
    stopReason: STOP_REASON,
    content: CONTENT,
  },
  message: { ...ANSWER, stopReason: STOP_REASON, content: CONTENT },
  countTokens: ANSWER,
  models: ANSWER,
}

/**
 * Checks a fault as it comes from a program or a script.
 *
 * @throws {InvalidFaultError} names the operation and member, what was expected and what came.
 */
export function checkFault<Op extends FaultOp>(op: Op, fault: unknown): FaultByOp[Op] {
  const rules = Object.hasOwn(RULES, op) ? RULES[op] : undefined
  if (rules === undefined) {
    throw new InvalidFaultError('op', `one of ${Object.keys(RULES).join(', ')}`, op)
  }
  if (!isObject(fault)) throw new InvalidFaultError(op, 'an object', fault)
  for (const [name, value] of Object.entries(fault)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) {
      throw new InvalidFaultError(op, `members ${Object.keys(rules).join(', ')}`, name)
    }
    if (value !== undefined && !rule.check(value)) {
      throw new InvalidFaultError(`${op}.${name}`, rule.expected, value)
    }
  }
  return fault as FaultByOp[Op]
}
