import type { DeliveredRow, DeliveryId, DeliveryPage } from '@halfrate/core'
import {
  type DeliveriesTable,
  deliveryOf,
  postgresQueries,
  requestIdsOf,
  requestsByIdQuery,
} from '@halfrate/store-sql'
import { resultRowsOf } from '../reading/read-results.js'
import { runQuery } from '../reading/run-query.js'
import { pageOf, type Session, type Step } from '../session.js'

// By primary key.
const READ = 'SELECT * FROM deliveries WHERE id = $1'

/** See `DeliveringStore.readDelivery`. */
export function readDelivery(
  session: Session,
  params: Readonly<{ deliveryId: DeliveryId; from: number | null; limit: number }>,
): Promise<DeliveryPage | null> {
  return session.page(async (step) => {
    const row = await step.db.get<DeliveriesTable>(READ, params.deliveryId)
    if (row === undefined) return null
    const from = params.from ?? row.position
    const ids = requestIdsOf(row).slice(from, from + pageOf(step, params.limit))
    const nameOf = await step.names.readerOf(step.db, [row.project_id, row.queue_id])
    const rows = await deliveredRows(step, ids, from)
    return { delivery: deliveryOf(row, nameOf), rows, next: from + ids.length }
  })
}

async function deliveredRows(
  step: Step,
  ids: readonly number[],
  from: number,
): Promise<readonly DeliveredRow[]> {
  const places = new Map(ids.map((id, index) => [id, from + index]))
  const rows = await runQuery(step.db, requestsByIdQuery(postgresQueries, ids))
  return (await resultRowsOf(step, rows)).map((row) => {
    return { ...row, place: places.get(row.request.id) ?? from }
  })
}
