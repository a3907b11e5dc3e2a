import { ConfigError, type OnLostAnswer, type QueuePolicy } from '@halfrate/core'
import { RESCUE_MODES } from '@halfrate/core/routing'
import type { PolicyChanges } from '@halfrate/runtime'
import { durationFlag } from './duration-flag.js'
import { oneOf, onOrOff, wholeNumber } from './parse-flag.js'
import { schemaFlag } from './schema-flag.js'

/** Flags that set members of a queue's policy, as they were typed. */
export interface QueuePolicyFlags {
  readonly flushCount?: string | undefined
  readonly flushBytes?: string | undefined
  readonly flushAge?: string | undefined
  readonly flushSchedule?: string | undefined
  readonly flushTimeZone?: string | undefined
  readonly batchSize?: string | undefined
  readonly batchBytes?: string | undefined
  readonly deadlineBatchSize?: string | undefined
  readonly onLostAnswer?: string | undefined
  readonly maxFailures?: string | undefined
  readonly giveUpAfter?: string | undefined
  readonly accept?: string | undefined
  readonly raiseMaxTokensTo?: string | undefined
  readonly continueAtMost?: string | undefined
  readonly askRefusedOf?: string | undefined
  readonly outputSchema?: string | undefined
  readonly canary?: string | undefined
  readonly primerWait?: string | undefined
  readonly cachePrefix?: string | undefined
  readonly routing?: string | undefined
  readonly whenFew?: string | undefined
  readonly fewADay?: string | undefined
  readonly batchPercent?: string | undefined
  readonly rescue?: string | undefined
  readonly keyTails?: string | undefined
}

type Accepted = QueuePolicy['accept'][number]

/** Unusable answers that may count as usable. */
export const ACCEPTED: readonly Accepted[] = ['cut_off', 'refused', 'empty']

type Reader<Value> = (name: string) => (text: string) => Value

/** How each of these flags but `--accept` is read; a reader is given the name that its error begins with. */
export interface PolicyReaders {
  readonly flushCount: Reader<number>
  readonly flushBytes: Reader<number>
  readonly flushAge: Reader<number>
  readonly flushSchedule: Reader<string>
  readonly flushTimeZone: Reader<string>
  readonly batchSize: Reader<number>
  readonly batchBytes: Reader<number>
  readonly deadlineBatchSize: Reader<number>
  readonly onLostAnswer: Reader<OnLostAnswer>
  readonly maxFailures: Reader<number>
  readonly giveUpAfter: Reader<number>
  readonly raiseMaxTokensTo: Reader<number>
  readonly continueAtMost: Reader<number>
  readonly askRefusedOf: Reader<QueuePolicy['askRefusedOf']>
  readonly outputSchema: Reader<QueuePolicy['outputSchema']>
  readonly canary: Reader<number>
  readonly primerWait: Reader<number>
  readonly cachePrefix: Reader<QueuePolicy['cachePrefix']>
  readonly routing: Reader<QueuePolicy['routing']>
  readonly whenFew: Reader<QueuePolicy['whenFew']>
  readonly fewADay: Reader<number>
  readonly batchPercent: Reader<number>
  readonly rescue: Reader<QueuePolicy['rescue']>
  readonly keyTails: Reader<boolean>
}

/** The readers of these flags. */
export const POLICY_READERS: PolicyReaders = {
  flushCount: (name) => wholeNumber(name, 1, 100_000),
  flushBytes: (name) => wholeNumber(name, 1, 255_000_000),
  flushAge: durationFlag,
  flushSchedule: (name) => someText(name, 'five fields of cron such as "0 2 * * *"'),
  flushTimeZone: (name) => someText(name, 'a time zone such as "Europe/Berlin"'),
  batchSize: (name) => wholeNumber(name, 1, 100_000),
  batchBytes: (name) => wholeNumber(name, 1, 255_000_000),
  deadlineBatchSize: (name) => wholeNumber(name, 1, 100_000),
  onLostAnswer: (name) => oneOf<OnLostAnswer>(name, ['resend', 'wait', 'ask']),
  maxFailures: (name) => wholeNumber(name, 1, 100),
  giveUpAfter: durationFlag,
  raiseMaxTokensTo: (name) => wholeNumber(name, 0, 1_000_000),
  continueAtMost: (name) => wholeNumber(name, 0, 100),
  askRefusedOf: (name) => (text) =>
    text === 'none' ? null : someText(name, 'the name of a model, or none')(text.trim()),
  outputSchema: schemaFlag,
  canary: (name) => wholeNumber(name, 0, 1_000),
  primerWait: durationFlag,
  cachePrefix: (name) => oneOf<QueuePolicy['cachePrefix']>(name, ['none', '5m', '1h']),
  routing: (name) => oneOf<QueuePolicy['routing']>(name, ['asked', 'rules']),
  whenFew: (name) => oneOf<QueuePolicy['whenFew']>(name, ['batch', 'realtime']),
  fewADay: (name) => wholeNumber(name, 1, 1_000),
  batchPercent: (name) => wholeNumber(name, 0, 100),
  rescue: (name) => oneOf<QueuePolicy['rescue']>(name, [...RESCUE_MODES]),
  keyTails: onOrOff,
}

/**
 * The members of a policy that flags set; those that were not given are left as they are.
 *
 * @throws {ConfigError} naming the flag, when one can't be used.
 */
export function policyChanges(flags: QueuePolicyFlags): PolicyChanges {
  const changes = {
    flush: given({
      count: read(flags.flushCount, POLICY_READERS.flushCount('--flush-count')),
      bytes: read(flags.flushBytes, POLICY_READERS.flushBytes('--flush-bytes')),
      ageMs: read(flags.flushAge, POLICY_READERS.flushAge('--flush-age')),
      ...scheduleOf(flags),
    }),
    maxBatchRequests: read(flags.batchSize, POLICY_READERS.batchSize('--batch-size')),
    maxBatchBytes: read(flags.batchBytes, POLICY_READERS.batchBytes('--batch-bytes')),
    deadlineBatchRequests: read(
      flags.deadlineBatchSize,
      POLICY_READERS.deadlineBatchSize('--deadline-batch-size'),
    ),
    onLostAnswer: read(flags.onLostAnswer, POLICY_READERS.onLostAnswer('--on-lost-answer')),
    maxFailures: read(flags.maxFailures, POLICY_READERS.maxFailures('--max-failures')),
    giveUpAfterMs: read(flags.giveUpAfter, POLICY_READERS.giveUpAfter('--give-up-after')),
    accept: read(flags.accept, acceptFlag),
    raiseMaxTokensTo: read(
      flags.raiseMaxTokensTo,
      POLICY_READERS.raiseMaxTokensTo('--raise-max-tokens-to'),
    ),
    continueAtMost: read(flags.continueAtMost, POLICY_READERS.continueAtMost('--continue-at-most')),
    askRefusedOf: read(flags.askRefusedOf, POLICY_READERS.askRefusedOf('--ask-refused-of')),
    outputSchema: read(flags.outputSchema, POLICY_READERS.outputSchema('--output-schema')),
    canary: read(flags.canary, POLICY_READERS.canary('--canary')),
    primerWaitMs: read(flags.primerWait, POLICY_READERS.primerWait('--primer-wait')),
    cachePrefix: read(flags.cachePrefix, POLICY_READERS.cachePrefix('--cache-prefix')),
    routing: read(flags.routing, POLICY_READERS.routing('--routing')),
    whenFew: read(flags.whenFew, POLICY_READERS.whenFew('--when-few')),
    fewADay: read(flags.fewADay, POLICY_READERS.fewADay('--few-a-day')),
    batchPercent: read(flags.batchPercent, POLICY_READERS.batchPercent('--batch-percent')),
    rescue: read(flags.rescue, POLICY_READERS.rescue('--rescue')),
    keyTails: read(flags.keyTails, POLICY_READERS.keyTails('--key-tails')),
  }
  return given(changes) ?? {}
}

function scheduleOf({ flushSchedule, flushTimeZone }: QueuePolicyFlags): {
  readonly schedule?: string | undefined
  readonly timeZone?: string | undefined
} {
  if ((flushSchedule === undefined) === (flushTimeZone === undefined)) {
    return {
      schedule: read(flushSchedule, POLICY_READERS.flushSchedule('--flush-schedule')),
      timeZone: read(flushTimeZone, POLICY_READERS.flushTimeZone('--flush-time-zone')),
    }
  }
  const [one, other] =
    flushTimeZone === undefined
      ? ['--flush-schedule', '--flush-time-zone']
      : ['--flush-time-zone', '--flush-schedule']
  throw new ConfigError(
    `${one} goes with ${other}: a time is that of a place.`,
    'Add it. Nothing was changed.',
  )
}

function someText(name: string, what: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text
    throw new ConfigError(
      `${name}: expected ${what}, got nothing.`,
      'Correct it. Nothing was changed.',
    )
  }
}

// Which unusable answers count as good, as `cut_off,refused`; `none` for none of them.
function acceptFlag(text: string): readonly Accepted[] {
  if (text === 'none') return []
  const words = text.split(',').map((word) => word.trim())
  const found = ACCEPTED.filter((each) => words.includes(each))
  const wrong = words.find((word) => !ACCEPTED.some((each) => each === word))
  if (wrong === undefined) return found
  throw new ConfigError(
    `--accept: expected some of ${ACCEPTED.join(', ')} with commas between them, or none, got ${JSON.stringify(wrong)}.`,
    'Correct the flag. Nothing was changed.',
  )
}

function read<Value>(text: string | undefined, parse: (text: string) => Value): Value | undefined {
  return text === undefined ? undefined : parse(text)
}

type Given<Members extends object> = {
  readonly [Name in keyof Members]?: Exclude<Members[Name], undefined>
}

// Undefined where nothing was given, so that an empty member does not count as one.
function given<Members extends object>(members: Members): Given<Members> | undefined {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Given<Members>)
}
