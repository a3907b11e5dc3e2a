import { ConfigError, type OnLostAnswer, type QueuePolicy } from '@halfrate/core'
import type { PolicyChanges } from '@halfrate/runtime'
import { durationFlag } from './duration-flag.js'
import { oneOf, wholeNumber } from './parse-flag.js'

/** Flags that set members of a queue's policy, as they were typed. */
export interface QueuePolicyFlags {
  readonly flushCount?: string | undefined
  readonly flushBytes?: string | undefined
  readonly flushAge?: string | undefined
  readonly batchSize?: string | undefined
  readonly onLostAnswer?: string | undefined
  readonly maxFailures?: string | undefined
  readonly giveUpAfter?: string | undefined
  readonly accept?: string | undefined
}

type Accepted = QueuePolicy['accept'][number]

const ACCEPTED: readonly Accepted[] = ['cut_off', 'refused', 'empty']

/**
 * The members of a policy that flags set; those that were not given are left as they are.
 *
 * @throws {ConfigError} naming the flag, when one can't be used.
 */
export function policyChanges(flags: QueuePolicyFlags): PolicyChanges {
  const changes = {
    flush: given({
      count: read(flags.flushCount, wholeNumber('--flush-count', 1, 100_000)),
      bytes: read(flags.flushBytes, wholeNumber('--flush-bytes', 1, 255_000_000)),
      ageMs: read(flags.flushAge, durationFlag('--flush-age')),
    }),
    maxBatchRequests: read(flags.batchSize, wholeNumber('--batch-size', 1, 100_000)),
    onLostAnswer: read(
      flags.onLostAnswer,
      oneOf<OnLostAnswer>('--on-lost-answer', ['resend', 'wait', 'ask']),
    ),
    maxFailures: read(flags.maxFailures, wholeNumber('--max-failures', 1, 100)),
    giveUpAfterMs: read(flags.giveUpAfter, durationFlag('--give-up-after')),
    accept: read(flags.accept, acceptFlag),
  }
  return given(changes) ?? {}
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
