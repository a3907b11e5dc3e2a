import type { Migration } from './migration.js'

/**
 * 0007_loose. Not breaking: it adds an index.
 *
 * The requests of a queue that are in no job, by id: without it, reading the answers of a small queue goes through all the
 * work of the store. Rows of jobs are not in it, and cost nothing.
 */
export const looseMigration: Migration = {
  name: '0007_loose',
  breaking: false,
  statements: () => ['CREATE INDEX requests_loose ON requests (queue_id, id) WHERE job_id = 0'],
}
