import type { Migration } from './migration.js'

/**
 * 0006_blobs. Breaking: an older worker would send the marks of files as they stand in bodies.
 *
 * Files of requests, once a project, in pieces, so that reading one never takes more memory than a piece. `body_blobs` says
 * which bodies have marks of which files; a file goes with the last of them.
 */
export const blobsMigration: Migration = {
  name: '0006_blobs',
  breaking: true,
  statements: ({ integer, bytes, rowId, keyOrdered }) => [
    `CREATE TABLE blobs (
      id ${rowId}, project_id ${integer} NOT NULL, hash ${bytes} NOT NULL, size ${integer} NOT NULL,
      UNIQUE (project_id, hash))`,
    `CREATE TABLE blob_pieces (
      blob_id ${integer} NOT NULL, piece ${integer} NOT NULL, project_id ${integer} NOT NULL, bytes ${bytes} NOT NULL,
      PRIMARY KEY (blob_id, piece))`,
    `CREATE TABLE body_blobs (
      body_id ${integer} NOT NULL, blob_id ${integer} NOT NULL, project_id ${integer} NOT NULL,
      PRIMARY KEY (body_id, blob_id)) ${keyOrdered}`,
    'CREATE INDEX body_blobs_blob ON body_blobs (blob_id)',
  ],
}
