import type { QueuePolicy } from '../../model/queue-policy.js'
import { type RowToRoute, rolledOut } from '../routing/rollout.js'
import type { AcceptedRow } from './intake-row-maker.js'
import { withKeyTail } from './tail-mark.js'

/** A row at the door. */
export type RowAtDoor = RowToRoute & Pick<AcceptedRow, 'key' | 'body' | 'itemBytes'>

/** Makes the rows that a store is given of rows at the door. */
export type Door = <Row extends RowAtDoor>(rows: readonly Row[]) => readonly Row[]

/** What a queue's policy makes of rows that are of no job: their route, and what their ids end in. */
export function looseDoor(policy: Pick<QueuePolicy, 'keyTails' | 'batchPercent'>): Door {
  const { keyTails, batchPercent } = policy
  if (!keyTails && batchPercent >= 100) return (rows) => rows
  return (rows) =>
    rows.map((row) => (keyTails ? withKeyTail(rolledOut(row, policy)) : rolledOut(row, policy)))
}
