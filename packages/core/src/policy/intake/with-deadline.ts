import { deadlineLane, laneOf } from '../../model/lane.js'
import type { EpochMs } from '../../model/time.js'
import type { AcceptedRow } from './intake-row-maker.js'

/** A row that is wanted by an instant, unless it came with one of its own. */
export function withDeadline<Row extends Pick<AcceptedRow, 'deadlineAt' | 'lane'>>(
  row: Row,
  deadlineAt: EpochMs | null,
): Row {
  if (deadlineAt === null || row.deadlineAt !== null) return row
  return { ...row, deadlineAt, lane: deadlineLane(laneOf(row.lane), deadlineAt) }
}
