import type { SubmissionId } from '../../model/ids.js'
import { DAY_MS, type EpochMs } from '../../model/time.js'
import type { BatchKind, Turnaround, TurnaroundCell } from '../../model/turnaround.js'
import { BIN_COUNT, binOf } from './duration-bins.js'
import { cellsOf } from './turnaround-cells.js'

/** A history of nothing. */
export const NO_TURNAROUND: Turnaround = { version: 1, cells: {}, noted: [] }

// After four weeks a batch weighs half.
const HALF_LIFE_MS = 28 * DAY_MS
// So that those of last week say more than all before of an account with many; the rest is scaled down.
const MOST_WEIGHT = 400
// Cells of an hour of the week, of which there may be thousands; those that were noted longest ago go.
const MOST_HOURS = 256
// A crash repeats a note within minutes.
const MOST_NOTED = 256
const PRECISION = 1_000

/** How a batch went. */
export interface EndedBatch extends BatchKind {
  readonly submissionId: SubmissionId
  /** On the provider's clock, like `startsAt`. */
  readonly endedAt: EpochMs
}

/** A history with one more batch; null when it knows that batch, or the batch tells nothing. */
export function withTurnaround(history: Turnaround, batch: EndedBatch): Turnaround | null {
  const { submissionId, startsAt, endedAt } = batch
  if (history.noted.includes(submissionId) || !(endedAt >= startsAt)) return null
  const bin = binOf(endedAt - startsAt)
  const cells = { ...history.cells }
  for (const { name } of cellsOf(batch)) cells[name] = withOne(cells[name], bin, endedAt)
  const noted = [...history.noted, submissionId].slice(-MOST_NOTED)
  return { version: 1, cells: withoutOldHours(cells), noted }
}

/** Reads a stored history; one of another version, or of another shape, is none. */
export function readTurnaround(value: unknown): Turnaround {
  const stored = value as Partial<Turnaround> | null | undefined
  if (stored?.version !== 1 || typeof stored.cells !== 'object' || stored.cells === null) {
    return NO_TURNAROUND
  }
  if (!Array.isArray(stored.noted)) return NO_TURNAROUND
  const cells = Object.entries(stored.cells).filter(([, cell]) => isCell(cell))
  return { version: 1, cells: Object.fromEntries(cells), noted: stored.noted }
}

/** What a batch of an instant weighs at another one. */
export function weightAt(endedAt: EpochMs, at: EpochMs): number {
  return 2 ** (Math.min(0, endedAt - at) / HALF_LIFE_MS)
}

function withOne(cell: TurnaroundCell | undefined, bin: number, endedAt: EpochMs): TurnaroundCell {
  const at = Math.max(cell?.at ?? endedAt, endedAt)
  const aged = cell === undefined ? 1 : weightAt(cell.at, at)
  const weights = new Map(
    Object.entries(cell?.bins ?? {}).map(([name, weight]) => [name, weight * aged]),
  )
  weights.set(String(bin), (weights.get(String(bin)) ?? 0) + weightAt(endedAt, at))
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
  const scale = Math.min(1, MOST_WEIGHT / sum)
  const rounded = [...weights]
    .map(([name, weight]): [string, number] => [
      name,
      Math.round(weight * scale * PRECISION) / PRECISION,
    ])
    .filter(([, weight]) => weight > 0)
  return { at, bins: Object.fromEntries(rounded) }
}

function withoutOldHours(
  cells: Readonly<Record<string, TurnaroundCell>>,
): Readonly<Record<string, TurnaroundCell>> {
  const hours = Object.entries(cells).filter(([name]) => isOfAnHour(name))
  if (hours.length <= MOST_HOURS) return cells
  const old = hours.sort(([, one], [, other]) => one.at - other.at).slice(0, -MOST_HOURS)
  const gone = new Set(old.map(([name]) => name))
  return Object.fromEntries(Object.entries(cells).filter(([name]) => !gone.has(name)))
}

function isOfAnHour(name: string): boolean {
  return name.split(' ').length === 3
}

function isCell(value: unknown): boolean {
  const cell = value as Partial<TurnaroundCell> | null
  if (typeof cell?.at !== 'number' || typeof cell.bins !== 'object' || cell.bins === null) {
    return false
  }
  return Object.entries(cell.bins).every(
    ([bin, weight]) =>
      Number.isInteger(Number(bin)) && Number(bin) < BIN_COUNT && Number(weight) > 0,
  )
}
