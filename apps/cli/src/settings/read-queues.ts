import {
  ConfigError,
  DEFAULT_QUEUE_POLICY,
  type QueueName,
  type QueuePolicy,
  RUN_QUEUE,
} from '@halfrate/core'
import { checkQueuePolicy, type PolicyChanges } from '@halfrate/runtime'
import { queueFlag } from '../flags/queue-flag.js'
import { policyChanges, type QueuePolicyFlags } from '../flags/queue-policy-flags.js'
import { configFault, isMembers, shownValue, unknownName } from './config-fault.js'
import { QUEUE_FIELDS, QUEUE_RULES, type QueueField } from './queue-fields.js'
import { readValue } from './read-value.js'
import { flagOf, SETTING_NAMES } from './setting-name.js'

/** What a file may say of the queue of `halfrate run`; the rest of its policy is what its flags say. */
export const RUN_FIELDS: readonly QueueField[] = [
  'batchBytes',
  'deadlineBatchSize',
  'maxFailures',
  'giveUpAfter',
  'raiseMaxTokensTo',
  'continueAtMost',
  'askRefusedOf',
  'outputSchema',
  'canary',
  'primerWait',
  'cachePrefix',
]

/**
 * Checks the queues of a config file.
 *
 * @throws {ConfigError} naming the queue and the member.
 */
export function readQueues(file: string, queues: unknown): ReadonlyMap<QueueName, PolicyChanges> {
  if (!isMembers(queues)) {
    throw configFault(`${file}: queues`, `expected an object of queues, got ${shownValue(queues)}.`)
  }
  const said = Object.entries(queues).filter(([, policy]) => policy !== undefined)
  return new Map(
    said.map(([name, policy]) => {
      const queue = queueFlag(`${file}: queues`)(name)
      return [queue, readPolicy(`${file}: queues.${name}`, policy, queue === RUN_QUEUE)] as const
    }),
  )
}

function readPolicy(place: string, policy: unknown, isRun: boolean): PolicyChanges {
  if (!isMembers(policy)) {
    throw configFault(place, `expected an object, {} for the defaults, got ${shownValue(policy)}.`)
  }
  const texts: Partial<Record<QueueField, string>> = {}
  for (const [member, value] of Object.entries(policy)) {
    if (value === undefined) continue
    const field = QUEUE_FIELDS.find((each) => each === member)
    if (field === undefined) {
      throw unknownName(place, { name: member, what: 'member', known: QUEUE_FIELDS })
    }
    if (isRun && !RUN_FIELDS.includes(field)) throw ofRun(place, field)
    texts[field] = readValue(`${place}.${field}`, value, QUEUE_RULES[field])
  }
  return isRun ? runPolicy(texts) : wholePolicy(place, texts)
}

function runPolicy(texts: QueuePolicyFlags): PolicyChanges {
  const { maxBatchBytes, deadlineBatchRequests, maxFailures } = DEFAULT_QUEUE_POLICY
  const { giveUpAfterMs, raiseMaxTokensTo, continueAtMost } = DEFAULT_QUEUE_POLICY
  const { askRefusedOf, outputSchema, canary, primerWaitMs, cachePrefix } = DEFAULT_QUEUE_POLICY
  const sizes = { maxBatchBytes, deadlineBatchRequests }
  const answers = { raiseMaxTokensTo, continueAtMost, askRefusedOf, outputSchema }
  const first = { canary, primerWaitMs, cachePrefix }
  return { ...sizes, ...answers, ...first, maxFailures, giveUpAfterMs, ...policyChanges(texts) }
}

function ofRun(place: string, field: QueueField): ConfigError {
  const isSetting = SETTING_NAMES.some((name) => name === field)
  return isSetting
    ? configFault(`${place}.${field}`, `a run says it by ${flagOf(field)}.`, {
        nextStep: `Put ${field} beside queues, where it is for every run. Nothing was changed or sent.`,
      })
    : configFault(
        `${place}.${field}`,
        'what a run takes in is sent at once; the queue run has no flush rule.',
        {
          nextStep:
            'Put requests that shall wait into a queue of another name. Nothing was changed or sent.',
        },
      )
}

// What is not said has its default, so that the file is all of the truth.
function wholePolicy(place: string, texts: QueuePolicyFlags): PolicyChanges {
  if ((texts.flushSchedule === undefined) !== (texts.flushTimeZone === undefined)) {
    const missing = texts.flushSchedule === undefined ? 'flushSchedule' : 'flushTimeZone'
    throw configFault(
      `${place}.${missing}`,
      'expected one, since a schedule has a time zone, got none.',
    )
  }
  const { flush, ...said } = policyChanges(texts)
  const isScheduled = texts.flushSchedule !== undefined
  const base = isScheduled ? {} : DEFAULT_QUEUE_POLICY.flush
  const whole = { ...base, ...flush } as QueuePolicy['flush']
  checkSchedule(place, whole)
  return { ...DEFAULT_QUEUE_POLICY, ...said, flush: whole }
}

// A schedule that occurs at all does so after the beginning of time too.
function checkSchedule(place: string, flush: QueuePolicy['flush']): void {
  try {
    checkQueuePolicy({ flush }, 0)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const problem = error.message.replace(/^flush\.(\w)/, (_, first: string) => first.toUpperCase())
    throw configFault(`${place}.flush${problem.split(':', 1)[0]}`, problem.replace(/^\w+: /, ''))
  }
}
