/**
 * A PostgreSQL of our own: started, restarted and stopped by tests and kill loops, with its data in a temporary folder.
 * It must never be used for anything that has to last: it does not wait for the disk.
 */

export { freePort } from './free-port.js'
export { PostgresServerError } from './postgres-server-error.js'
export { ScratchDatabase } from './scratch-database.js'
export { type RunningPostgres, startPostgres } from './start-postgres.js'
