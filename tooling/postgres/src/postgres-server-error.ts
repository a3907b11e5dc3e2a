/** The server that npm brings along could not be started here; the message bears what it said. */
export class PostgresServerError extends Error {
  override readonly name = 'PostgresServerError'
}
