import type { DeliveredRow, DeliveryId, DeliveryPage } from '@halfrate/core'
import {
  type DeliveriesTable,
  deliveryOf,
  requestIdsOf,
  requestsByIdQuery,
  sqliteQueries,
} from '@halfrate/store-sql'
import { resultRowsOf } from '../reading/read-results.js'
import { runQuery } from '../reading/run-query.js'
import { pageOf, type Session } from '../session.js'

// By primary key.
const READ = 'SELECT * FROM deliveries WHERE id = ?'

/** See `DeliveringStore.readDelivery`. */
export function readDelivery(
  session: Session,
  params: Readonly<{ deliveryId: DeliveryId; from: number | null; limit: number }>,
): DeliveryPage | null {
  return session.reader.snapshot(() => {
    const row = session.reader.get<DeliveriesTable>(READ, params.deliveryId)
    if (row === undefined) return null
    const from = params.from ?? row.position
    const ids = requestIdsOf(row).slice(from, from + pageOf(session, params.limit))
    const delivery = deliveryOf(row, session.names.textOf)
    return { delivery, rows: deliveredRows(session, ids, from), next: from + ids.length }
  })
}

function deliveredRows(
  session: Session,
  ids: readonly number[],
  from: number,
): readonly DeliveredRow[] {
  const places = new Map(ids.map((id, index) => [id, from + index]))
  const rows = runQuery(session.reader, requestsByIdQuery(sqliteQueries, ids))
  return resultRowsOf(session, rows).map((row) => {
    return { ...row, place: places.get(row.request.id) ?? from }
  })
}
