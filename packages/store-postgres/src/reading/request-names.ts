import type { NameOf, RequestRow } from '@halfrate/store-sql'
import type { Step } from '../session.js'

/** Reads the names of the rows of requests, and answers how to read each of them back. */
export function requestNames({ db, names }: Step, rows: readonly RequestRow[]): Promise<NameOf> {
  const ids = new Set<number>()
  for (const row of rows) {
    ids.add(row.project_id).add(row.account_id).add(row.queue_id)
    ids.add(row.lane_id).add(row.model_id)
  }
  return names.readerOf(db, [...ids])
}
