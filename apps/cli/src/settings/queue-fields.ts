import type { QueuePolicy } from '@halfrate/core'
import { ACCEPTED, POLICY_READERS } from '../flags/queue-policy-flags.js'
import type { ValueRule } from './read-value.js'
import { spanText } from './span-text.js'

/** A member of a queue's policy under its name in a config file. */
export type QueueField =
  | 'flushCount'
  | 'flushBytes'
  | 'flushAge'
  | 'flushSchedule'
  | 'flushTimeZone'
  | 'batchSize'
  | 'batchBytes'
  | 'deadlineBatchSize'
  | 'onLostAnswer'
  | 'maxFailures'
  | 'giveUpAfter'
  | 'accept'
  | 'raiseMaxTokensTo'
  | 'continueAtMost'
  | 'askRefusedOf'
  | 'outputSchema'
  | 'canary'
  | 'primerWait'
  | 'cachePrefix'
  | 'routing'
  | 'whenFew'
  | 'fewADay'
  | 'batchPercent'
  | 'rescue'
  | 'keyTails'

/** How each stands in a file. */
export const QUEUE_RULES: Readonly<Record<QueueField, ValueRule>> = {
  flushCount: { kind: 'number', reader: POLICY_READERS.flushCount },
  flushBytes: { kind: 'number', reader: POLICY_READERS.flushBytes },
  flushAge: { kind: 'span', reader: POLICY_READERS.flushAge },
  flushSchedule: { kind: 'text', reader: POLICY_READERS.flushSchedule },
  flushTimeZone: { kind: 'text', reader: POLICY_READERS.flushTimeZone },
  batchSize: { kind: 'number', reader: POLICY_READERS.batchSize },
  batchBytes: { kind: 'number', reader: POLICY_READERS.batchBytes },
  deadlineBatchSize: { kind: 'number', reader: POLICY_READERS.deadlineBatchSize },
  onLostAnswer: { kind: 'text', reader: POLICY_READERS.onLostAnswer },
  maxFailures: { kind: 'number', reader: POLICY_READERS.maxFailures },
  giveUpAfter: { kind: 'span', reader: POLICY_READERS.giveUpAfter },
  accept: { kind: 'words', words: ACCEPTED },
  raiseMaxTokensTo: { kind: 'number', reader: POLICY_READERS.raiseMaxTokensTo },
  continueAtMost: { kind: 'number', reader: POLICY_READERS.continueAtMost },
  askRefusedOf: { kind: 'text', reader: POLICY_READERS.askRefusedOf },
  outputSchema: { kind: 'text', reader: POLICY_READERS.outputSchema },
  canary: { kind: 'number', reader: POLICY_READERS.canary },
  primerWait: { kind: 'span', reader: POLICY_READERS.primerWait },
  cachePrefix: { kind: 'text', reader: POLICY_READERS.cachePrefix },
  routing: { kind: 'text', reader: POLICY_READERS.routing },
  whenFew: { kind: 'text', reader: POLICY_READERS.whenFew },
  fewADay: { kind: 'number', reader: POLICY_READERS.fewADay },
  batchPercent: { kind: 'number', reader: POLICY_READERS.batchPercent },
  rescue: { kind: 'text', reader: POLICY_READERS.rescue },
  keyTails: { kind: 'switch' },
}

/** Every one of them, in the order in which they are told. */
export const QUEUE_FIELDS: readonly QueueField[] = Object.keys(QUEUE_RULES) as QueueField[]

/** A member of a policy as a file would have it; null where the policy has none. */
export type FieldValue = string | number | boolean | readonly string[] | null

/** A policy as a file would have it. */
export function fieldsOf(policy: QueuePolicy): Readonly<Record<QueueField, FieldValue>> {
  const { flush } = policy
  const scheduled = 'schedule' in flush ? flush : null
  return {
    flushCount: flush.count ?? null,
    flushBytes: flush.bytes ?? null,
    flushAge: flush.ageMs === undefined ? null : spanText(flush.ageMs),
    flushSchedule: scheduled?.schedule ?? null,
    flushTimeZone: scheduled?.timeZone ?? null,
    batchSize: policy.maxBatchRequests,
    batchBytes: policy.maxBatchBytes,
    deadlineBatchSize: policy.deadlineBatchRequests,
    onLostAnswer: policy.onLostAnswer,
    maxFailures: policy.maxFailures,
    giveUpAfter: spanText(policy.giveUpAfterMs),
    accept: ACCEPTED.filter((each) => policy.accept.includes(each)),
    raiseMaxTokensTo: policy.raiseMaxTokensTo,
    continueAtMost: policy.continueAtMost,
    askRefusedOf: policy.askRefusedOf ?? 'none',
    outputSchema: policy.outputSchema === null ? 'none' : JSON.stringify(policy.outputSchema),
    canary: policy.canary,
    primerWait: spanText(policy.primerWaitMs),
    cachePrefix: policy.cachePrefix,
    routing: policy.routing,
    whenFew: policy.whenFew,
    fewADay: policy.fewADay,
    batchPercent: policy.batchPercent,
    rescue: policy.rescue,
    keyTails: policy.keyTails,
  }
}
