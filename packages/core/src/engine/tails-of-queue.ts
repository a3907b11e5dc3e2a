import type { ProjectId, QueueName } from '../model/ids.js'
import { withKeyTail } from '../policy/intake/tail-mark.js'
import type { Store } from '../ports/store.js'
import type { IntakeRow } from '../ports/store-intake.js'
import { readPolicy } from './policies.js'

/** Makes the rows that a store is given of rows at the door. */
export type Tailing = (rows: readonly IntakeRow[]) => readonly IntakeRow[]

/** With the tails of their keys, or as they are. */
export function tailing(keyTails: boolean): Tailing {
  return keyTails ? (rows) => rows.map(withKeyTail) : (rows) => rows
}

/**
 * What a queue's policy makes of rows at this moment. It is asked once for all that is taken in together: what a row's id
 * ends in stands with the row from then on, whatever becomes of the policy.
 */
export async function tailsOfQueue(
  store: Pick<Store, 'getSetting'>,
  project: ProjectId,
  queue: QueueName,
): Promise<Tailing> {
  const { keyTails } = await readPolicy({ store }, project, queue)
  return tailing(keyTails)
}
