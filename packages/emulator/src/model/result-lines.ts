import type { BodyEnd } from './answer.js'
import type { Batch } from './batch.js'
import type { ResultsFault } from './fault.js'
import { renderRow } from './render-row.js'
import { SeededRandom } from './seeded-random.js'
import { hashNumber } from './stable-hash.js'
import type { WireResultRow } from './wire.js'

/** What is sent as the result file of a batch. */
export interface ResultFile {
  readonly lines: Iterable<string>
  readonly end: BodyEnd
}

/** The result file of an ended batch: shuffled, always in the same way, and damaged as the fault asks. */
export function resultFile(batch: Batch, fault: ResultsFault | null): ResultFile {
  const cut = fault?.cut
  const end =
    cut === undefined || fault?.cutEnd === 'clean' ? 'complete' : (fault?.cutEnd ?? 'complete')
  return { lines: { [Symbol.iterator]: () => damagedLines(batch, fault ?? {}) }, end }
}

function* damagedLines(batch: Batch, fault: ResultsFault): Generator<string> {
  const order = shuffled(batch)
  const whole = fault.cutAfterLines ?? Math.floor(order.length / 2)
  let sent = 0
  for (const line of allLines(batch, fault, order)) {
    if (fault.cut !== undefined && sent === whole) {
      // The cut lies where it hurts most: inside the JSON of the next line.
      if (fault.cut === 'mid_line') yield line.slice(0, Math.max(1, Math.floor(line.length / 2)))
      return
    }
    yield line
    sent++
  }
}

function* allLines(batch: Batch, fault: ResultsFault, order: Uint32Array): Generator<string> {
  const { malformedLines = 0, foreignLines = 0, omitLines = 0 } = fault
  for (let at = 0; at < order.length; at++) {
    if (at < malformedLines) yield `{"custom_id":"${batch.rows.customId(order[at] ?? 0)}","resu\n`
    if (at < foreignLines) yield lineOf(foreignRow(at))
    if (at >= omitLines) yield lineOf(renderRow(batch, order[at] ?? 0))
  }
  yield* extraLines(batch, fault, order)
}

function* extraLines(batch: Batch, fault: ResultsFault, order: Uint32Array): Generator<string> {
  for (const row of order.subarray(0, fault.duplicateLines ?? 0)) {
    yield lineOf(renderRow(batch, row))
  }
  let conflicts = fault.conflictingLines ?? 0
  for (const row of order) {
    if (conflicts === 0) return
    const { custom_id, result } = renderRow(batch, row)
    if (result.type !== 'succeeded') continue
    const content = [{ type: 'text', text: '[synthetic reply that contradicts an earlier line]' }]
    const message = { ...result.message, content }
    yield lineOf({ custom_id, result: { type: 'succeeded', message } })
    conflicts--
  }
}

function foreignRow(at: number): WireResultRow {
  return { custom_id: `stranger-${at}`, result: { type: 'canceled' } }
}

function lineOf(row: WireResultRow): string {
  return `${JSON.stringify(row)}\n`
}

function shuffled(batch: Batch): Uint32Array {
  const random = new SeededRandom(hashNumber(batch.id))
  const order = Uint32Array.from({ length: batch.rows.length }, (_, row) => row)
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.between(0, last)
    const held = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = held
  }
  return order
}
