import {
  ConfigError,
  DEFAULT_PROJECT,
  type ProjectId,
  type QueueName,
  RUN_QUEUE,
} from '@halfrate/core'
import { nearNames } from '@halfrate/core/intake'
import type { Halfrate } from '@halfrate/runtime'

// As many names as a person reads.
const MOST_NAMED = 10

/** The queues that a request, a batch, a job or a setting of a project ever named. The queue of `run` is in every store. */
export async function knownQueues(
  { store }: Pick<Halfrate, 'store'>,
  project: ProjectId = DEFAULT_PROJECT,
): Promise<ReadonlySet<QueueName>> {
  const queues = await store.listQueues({ project })
  const always = project === DEFAULT_PROJECT ? [RUN_QUEUE] : []
  return new Set([...queues.map(({ queue }) => queue), ...always])
}

/** A queue as it is called where something is put into it: whether it is new by that, and which one it reads like then. */
export function queueText(name: QueueName, known: ReadonlySet<QueueName>): string {
  if (known.has(name)) return `queue ${name}`
  const near = nearest(name, known)
  return `new queue ${name}${near === null ? '' : ` (beside ${near}, which was there)`}`
}

function nearest(name: QueueName, known: ReadonlySet<QueueName>): string | null {
  return nearNames(name, [...known], 1)[0] ?? null
}

/**
 * Refuses the name of a queue that is not there, which is a slip of the pen: what is done to it would be done to nothing.
 *
 * @throws {ConfigError} naming the queue that was likely meant, and those that are there.
 */
export async function checkQueue(
  half: Pick<Halfrate, 'store'>,
  name: QueueName,
  project: ProjectId = DEFAULT_PROJECT,
): Promise<void> {
  const known = await knownQueues(half, project)
  if (known.has(name)) return
  const near = nearest(name, known)
  const names = [...known]
  const more = names.length > MOST_NAMED ? `, and ${names.length - MOST_NAMED} more` : ''
  const where = project === DEFAULT_PROJECT ? 'this store' : `project ${project}`
  throw new ConfigError(
    `${where} has no queue ${JSON.stringify(name)}${near === null ? '.' : `; did you mean ${near}?`}`,
    `It has ${names.slice(0, MOST_NAMED).join(', ')}${more}. Nothing was changed; a queue begins with its first request, or with what is set of its policy.`,
  )
}
