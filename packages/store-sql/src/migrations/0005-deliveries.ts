import type { Migration } from './migration.js'

/**
 * 0005_deliveries. Not breaking: an older worker keeps nothing for delivery, so no queue should have a subscription while
 * one runs.
 *
 * A row for each step that ended requests of a queue with a subscription, with their ids as a JSON list, ascending.
 */
export const deliveriesMigration: Migration = {
  name: '0005_deliveries',
  breaking: false,
  statements: ({ integer, text, rowId }) => [
    `CREATE TABLE deliveries (
      id ${rowId}, project_id ${integer} NOT NULL, queue_id ${integer} NOT NULL,
      request_ids ${text} NOT NULL, request_count ${integer} NOT NULL, position ${integer} NOT NULL,
      tries ${integer} NOT NULL, created_at ${integer} NOT NULL, due_at ${integer} NOT NULL)`,
    'CREATE INDEX deliveries_due ON deliveries (project_id, queue_id, due_at, id)',
  ],
}
