import { pipeline } from 'node:stream/promises'
import type { PoolClient, QueryConfig } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** A value of one parameter. Bytes, and arrays from binary-format.ts, are sent as they are. */
export type Parameter = number | string | Uint8Array | null

/** How a {@link Connection} works. */
export interface ConnectionOptions {
  /** Names statements that the server may keep; undefined behind a pooler, which moves us about. */
  readonly nameOf: (sql: string) => string | undefined
  /** False where row-level security applies to us. */
  readonly copiesIntoTables: boolean
  /** How long to wait for an answer that is asked for now, milliseconds. */
  readonly answerMs: () => number
}

/** A statement, and how long to wait for its answer, milliseconds; then its connection is taken for dead. */
export type BoundedQuery = QueryConfig & { readonly query_timeout: number }

/** One connection inside a transaction. */
export class Connection {
  /** Whether {@link copy} may fill tables that are not temporary. */
  readonly copiesIntoTables: boolean
  readonly #client: PoolClient
  readonly #nameOf: ConnectionOptions['nameOf']
  readonly #answerMs: ConnectionOptions['answerMs']

  constructor(client: PoolClient, options: ConnectionOptions) {
    this.#client = client
    this.#nameOf = options.nameOf
    this.#answerMs = options.answerMs
    this.copiesIntoTables = options.copiesIntoTables
  }

  /** All rows. */
  async all<Row>(sql: string, ...values: Parameter[]): Promise<Row[]> {
    return (await this.#query(sql, values)).rows as Row[]
  }

  /** The first row; undefined for none. */
  async get<Row>(sql: string, ...values: Parameter[]): Promise<Row | undefined> {
    return (await this.#query(sql, values)).rows[0] as Row | undefined
  }

  /** Changes rows, and answers how many. */
  async run(sql: string, ...values: Parameter[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0
  }

  /** Sends rows in COPY's binary format. */
  async copy(sql: string, chunks: Iterable<Buffer>): Promise<void> {
    const copying = Object.assign(copyFrom(sql), { query_timeout: this.#answerMs() })
    await pipeline(chunks, this.#client.query(copying))
  }

  #query(sql: string, values: Parameter[]): Promise<{ rows: unknown[]; rowCount: number | null }> {
    const name = this.#nameOf(sql)
    const query: BoundedQuery = {
      ...(name !== undefined && { name }),
      ...{ text: sql, values, query_timeout: this.#answerMs() },
    }
    return this.#client.query(query)
  }
}
