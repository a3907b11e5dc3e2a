import type { SqlFlavor } from '../flavor.js'
import type { Migration } from './migration.js'

/**
 * 0010_other_models. Not breaking: a column that may be null, and a view that has it too.
 *
 * The model that an attempt asked, where its request asks another one since; null for that of its request, so that hardly any
 * attempt is written once more.
 */
export const otherModelsMigration: Migration = {
  name: '0010_other_models',
  breaking: false,
  statements: ({ integer, anyText }: SqlFlavor) => [
    `ALTER TABLE attempts ADD COLUMN model_id ${integer}`,
    ...(anyText === 'TEXT'
      ? ['DROP VIEW attempts_now', `CREATE ${VIEW}`]
      : [`CREATE OR REPLACE ${VIEW}`]),
  ],
}

const DIRECT = 'p.result_id IS NOT NULL'
// As 0001_init has it, with the new column at its end.
const VIEW = `VIEW attempts_now AS SELECT a.submission_id, a.ordinal, a.request_id, a.project_id,
  a.account_id, a.number, a.body_id, a.item_bytes, a.hold_nano, a.error_type, a.withdrawn, a.waste,
  CASE WHEN ${DIRECT} THEN 0 ELSE a.outcome END AS outcome,
  CASE WHEN ${DIRECT} THEN p.verdict % 64 ELSE a.usability END AS usability,
  CASE WHEN ${DIRECT} THEN p.cost_nano ELSE a.cost_nano END AS cost_nano,
  CASE WHEN ${DIRECT} THEN p.realtime_nano ELSE a.realtime_nano END AS realtime_nano,
  CASE WHEN ${DIRECT} THEN p.result_id ELSE a.result_id END AS result_id,
  CASE WHEN ${DIRECT} THEN p.done_at ELSE a.settled_at END AS settled_at,
  CASE WHEN ${DIRECT} THEN p.done_at ELSE a.released_at END AS released_at,
  CASE WHEN ${DIRECT} THEN 0 ELSE a.possibly_paid END AS possibly_paid, a.model_id
  FROM attempts a LEFT JOIN progress p
    ON p.id = a.request_id AND p.submission_id = a.submission_id AND ${DIRECT}`
