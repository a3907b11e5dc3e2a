import { type Batch, outcomeOf } from './batch.js'
import { parseRowError } from './plan-row.js'
import { providerId } from './provider-id.js'
import { renderMessage } from './render-message.js'
import { SeededRandom } from './seeded-random.js'
import { hashNumber } from './stable-hash.js'
import type { WireError, WireResultRow } from './wire.js'

/** Shows one row of an ended batch as a line of its result file does. The same row always looks the same. */
export function renderRow(batch: Batch, row: number): WireResultRow {
  return { custom_id: batch.rows.customId(row), result: renderResult(batch, row) }
}

function renderResult(batch: Batch, row: number): WireResultRow['result'] {
  const outcome = outcomeOf(batch, row)
  if (outcome === 'canceled' || outcome === 'expired') return { type: outcome }
  const random = new SeededRandom(hashNumber(`${batch.id}:${row}`))
  if (outcome === 'errored') return { type: 'errored', error: renderError(batch, row, random) }
  const { rows, version } = batch
  const message = renderMessage({ rows, row, random, version, serviceTier: 'batch' })
  return { type: 'succeeded', message }
}

function renderError(batch: Batch, row: number, random: SeededRandom): WireError {
  const { type, message, isExecuted } = parseRowError(batch.rows.body(row))
  return {
    type: 'error',
    error: { type, message, details: { error_visibility: 'user_facing' } },
    request_id: isExecuted ? providerId('workerreq', random) : null,
  }
}
