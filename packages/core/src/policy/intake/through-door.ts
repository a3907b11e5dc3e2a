import type { QueuePolicy } from '../../model/queue-policy.js'
import { rolledOut } from '../routing/rollout.js'
import {
  type AtDoor,
  asksFew,
  type DoorFacts,
  isAnyAlone,
  RouteJudge,
  type RowWithInstant,
} from '../routing/routed-at-door.js'
import type { AcceptedRow } from './intake-row-maker.js'
import { withKeyTail } from './tail-mark.js'
import { withCachedPrefix } from './with-cached-prefix.js'

/** A row at the door. */
export type RowAtDoor = RowWithInstant & Pick<AcceptedRow, 'key' | 'body' | 'prefix' | 'itemBytes'>

/** Whether a door must know how long batches take, for the instants by which rows are wanted. */
export function needsHistory(rows: readonly Pick<RowAtDoor, 'deadlineAt'>[]): boolean {
  return rows.some(({ deadlineAt }) => deadlineAt !== null)
}

/**
 * Whether a door must know how few requests its queue has: where that counts, and some rows have none beside them to share a batch with.
 *
 * @param earlier lanes of rows that came before in the same call.
 */
export function needsCount(
  policy: QueuePolicy,
  rows: readonly Pick<RowAtDoor, 'lane'>[],
  earlier: ReadonlySet<string>,
): boolean {
  return asksFew(policy) && isAnyAlone(rows, earlier)
}

/**
 * What a queue's policy makes of rows that are of no job: their route, the breakpoint behind what they share, and
 * what their ids end in.
 *
 * @param facts null where nobody looked; then no row goes by its instant, or since there are few.
 */
export function throughDoor<Row extends RowAtDoor>(
  policy: QueuePolicy,
  facts: DoorFacts | null,
  rows: readonly Row[],
): readonly (Row & AtDoor)[] {
  const judge = facts === null ? null : new RouteJudge(policy, facts, rows)
  return rows.map((row) => {
    const judged = judge?.judge(row) ?? { ...row, isInTime: null }
    const routed = withCachedPrefix(rolledOut(judged, policy), policy.cachePrefix)
    return policy.keyTails ? withKeyTail(routed) : routed
  })
}
