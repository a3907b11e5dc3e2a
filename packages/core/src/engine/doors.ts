import type { ProjectId, QueueName } from '../model/ids.js'
import { type Door, looseDoor } from '../policy/intake/loose-door.js'
import { withKeyTail } from '../policy/intake/tail-mark.js'
import type { Store } from '../ports/store.js'
import { readPolicy } from './policies.js'

/** The door of a job: its rows with the tails of their keys, or as they are. */
export function jobDoor(keyTails: boolean): Door {
  return keyTails ? (rows) => rows.map(withKeyTail) : (rows) => rows
}

/** The same as the policy of the job's queue says. */
export async function jobDoorOf(
  store: Pick<Store, 'getSetting'>,
  project: ProjectId,
  queue: QueueName,
): Promise<Door> {
  const { keyTails } = await readPolicy({ store }, project, queue)
  return jobDoor(keyTails)
}

/**
 * What a queue's policy makes of rows at this moment that are of no job. It is asked once for all that is taken in together: what a
 * row's id ends in, and its route, stand with the row from then on, whatever becomes of the policy.
 */
export async function doorOfQueue(
  store: Pick<Store, 'getSetting'>,
  project: ProjectId,
  queue: QueueName,
): Promise<Door> {
  return looseDoor(await readPolicy({ store }, project, queue))
}
