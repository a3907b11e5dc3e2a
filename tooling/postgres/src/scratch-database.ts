import pg from 'pg'

/** A database that one process has to itself, on a server that others use too. */
export class ScratchDatabase {
  readonly url: string
  readonly #client: pg.Client

  private constructor(url: string, client: pg.Client) {
    this.url = url
    this.#client = client
  }

  /** Makes one, empty; `name` is free on that server and needs no quotes. */
  static async make(serverUrl: string, name: string): Promise<ScratchDatabase> {
    const server = new pg.Client({ connectionString: serverUrl })
    await server.connect()
    await server.query(`CREATE DATABASE ${name} TEMPLATE template0`)
    await server.end()
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    return new ScratchDatabase(url.href, client)
  }

  /** Runs statements, without values. */
  async run(sql: string): Promise<readonly Record<string, unknown>[]> {
    const answer = await this.#client.query<Record<string, unknown>>(sql)
    return answer.rows ?? []
  }

  /** Ends the connection to it; the database stays as long as its server. */
  async close(): Promise<void> {
    await this.#client.end()
  }
}
