import type { AccountId, ProjectId, QueueName } from '../model/ids.js'
import { turnaroundSetting } from '../model/setting-documents.js'
import { withKeyTail } from '../policy/intake/tail-mark.js'
import {
  needsCount,
  needsHistory,
  type RowAtDoor,
  throughDoor,
} from '../policy/intake/through-door.js'
import type { AtDoor, DoorFacts, FewAtDoor } from '../policy/routing/routed-at-door.js'
import { readTurnaround } from '../policy/turnaround/note-turnaround.js'
import type { Store } from '../ports/store.js'
import type { IntakeRow } from '../ports/store-intake.js'
import { fewAtDoor } from './few-at-door.js'
import { readPolicy } from './policies.js'

/** Makes the rows that a store is given of the rows of a job. */
export type JobDoor = (rows: readonly IntakeRow[]) => readonly IntakeRow[]

/** The door of a job: its rows with the tails of their keys, or as they are. */
export function jobDoor(keyTails: boolean): JobDoor {
  return keyTails ? (rows) => rows.map(withKeyTail) : (rows) => rows
}

export { fewAtDoor } from './few-at-door.js'

/** What a door asks of a store. Without the others nobody counts how few requests there are. */
export type DoorStore = Pick<Store, 'getSetting' | 'now'> &
  Partial<Pick<Store, 'readResults' | 'queueFacts' | 'traits'>>

/** Makes the rows that a store is given of rows that are of no job. */
export type Door = <Row extends RowAtDoor>(
  rows: readonly Row[],
) => Promise<readonly (Row & AtDoor)[]>

/**
 * What a queue's policy makes of rows at this moment that are of no job. It is asked once for all that is taken in together, page by
 * page: what a row's id ends in, and its route, stand with the row from then on, whatever becomes of the policy. How few requests there are is counted
 * for each page, since the pages before it are of them.
 */
export async function doorOfQueue(
  store: DoorStore,
  {
    project,
    queue,
    account,
  }: Readonly<{ project: ProjectId; queue: QueueName; account: AccountId }>,
): Promise<Door> {
  const policy = await readPolicy({ store }, project, queue)
  const earlier = new Set<string>()
  let known: Omit<DoorFacts, 'few'> | null = null
  return async (rows) => {
    const few = needsCount(policy, rows, earlier)
      ? await fewAtDoor(store, { project, queue, account }, policy)
      : null
    if (few !== null || needsHistory(rows)) known ??= await doorFacts(store, account)
    const facts = known === null ? null : { ...known, few: withEarlier(few, earlier) }
    const through = throughDoor(policy, facts, rows)
    for (const { lane } of rows) earlier.add(lane)
    return through
  }
}

// A worker may have taken them already, and they came in the same call all the same.
function withEarlier(few: FewAtDoor | null, earlier: ReadonlySet<string>): FewAtDoor | null {
  if (few === null) return null
  return { ...few, waitingLanes: new Set([...few.waitingLanes, ...earlier]) }
}

async function doorFacts(
  store: Pick<Store, 'getSetting' | 'now'>,
  account: AccountId,
): Promise<Omit<DoorFacts, 'few'>> {
  const setting = await store.getSetting(turnaroundSetting(account))
  return { now: await store.now(), history: readTurnaround(setting?.value) }
}
