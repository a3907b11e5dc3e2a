import { DEFAULT_QUEUE_POLICY, type QueueName, type QueuePolicy, RUN_QUEUE } from '@halfrate/core'
import type { PolicyChanges } from '@halfrate/runtime'
import { type FieldValue, fieldsOf, QUEUE_FIELDS, type QueueField } from './queue-fields.js'
import { RUN_FIELDS } from './read-queues.js'

/** A member of a policy in which a file and a store differ. */
export interface FieldDrift {
  readonly field: QueueField
  readonly file: FieldValue
  readonly store: FieldValue
}

/** How a queue of a file stands in a store. */
export interface QueueDrift {
  readonly queue: QueueName
  /** `new` where the store has no such queue. */
  readonly state: 'new' | 'changed' | 'same'
  /** Where they differ; nothing for a new one. */
  readonly fields: readonly FieldDrift[]
}

/** How the queues of a file and those of a store differ. */
export interface Drift {
  readonly queues: readonly QueueDrift[]
  /** Queues of the store that the file does not name. That of `halfrate run` is in every store, and does not count. */
  readonly unnamed: readonly QueueName[]
}

/** Compares what a file says with the policies of a store, which has one for every queue that it knows. */
export function driftOf(
  declared: ReadonlyMap<QueueName, PolicyChanges>,
  stored: ReadonlyMap<QueueName, QueuePolicy>,
): Drift {
  const unnamed = [...stored.keys()].filter((queue) => queue !== RUN_QUEUE && !declared.has(queue))
  const queues = [...declared].map(([queue, said]): QueueDrift => {
    const policy = stored.get(queue)
    if (policy === undefined) return { queue, state: 'new', fields: [] }
    const fields = fieldDrifts(queue, { ...DEFAULT_QUEUE_POLICY, ...said } as QueuePolicy, policy)
    return { queue, state: fields.length === 0 ? 'same' : 'changed', fields }
  })
  return { queues, unnamed }
}

/** Whether a file and a store differ in anything. */
export function isDrift({ queues, unnamed }: Drift): boolean {
  return unnamed.length > 0 || queues.some(({ state }) => state !== 'same')
}

function fieldDrifts(
  queue: QueueName,
  said: QueuePolicy,
  stored: QueuePolicy,
): readonly FieldDrift[] {
  const [file, store] = [fieldsOf(said), fieldsOf(stored)]
  const compared = queue === RUN_QUEUE ? RUN_FIELDS : QUEUE_FIELDS
  return compared.flatMap((field) =>
    JSON.stringify(file[field]) === JSON.stringify(store[field])
      ? []
      : [{ field, file: file[field], store: store[field] }],
  )
}
