import { ScratchDatabase } from '@halfrate/postgres-server'
import { openPostgresStore } from '@halfrate/store-postgres'
import { type OpenedStore, openEmbedded, type StoreParams } from './open-store.js'
import { serialStore } from './serial-store.js'

const SCHEMA = 'halfrate'

const TABLES = `SELECT tablename AS name FROM pg_tables
  WHERE schemaname = '${SCHEMA}' AND tablename NOT IN ('migrations', 'counters')`

/**
 * The stores of one process, those on PostgreSQL in a database of its own that is emptied between runs. One run at a
 * time.
 */
export class SimulationStores implements AsyncDisposable {
  readonly #serverUrl: string | null
  readonly #name: string
  #database: ScratchDatabase | null = null
  #emptying: string | null = null

  /** @param name - of the database; free on the server. Null for `serverUrl`: no run is on PostgreSQL. */
  constructor(serverUrl: string | null, name: string) {
    this.#serverUrl = serverUrl
    this.#name = name
  }

  /** Opens an empty store. */
  readonly open = async (params: StoreParams): Promise<OpenedStore> => {
    if (params.kind !== 'postgres' || this.#serverUrl === null) return await openEmbedded(params)
    this.#database ??= await ScratchDatabase.make(this.#serverUrl, this.#name)
    await this.#empty(this.#database)
    const { now, pageLimit } = params
    const { url } = this.#database
    // No two calls are under way at once, so nothing is ever tried again for having met another one.
    const store = await openPostgresStore({ url, now, pageLimit, poolSize: 2, random: () => 0 })
    return serialStore(store)
  }

  /** Lets the database go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database?.close()
    this.#database = null
  }

  // Everything is as in a store that was just made, down to where rows lie on their pages.
  async #empty(database: ScratchDatabase): Promise<void> {
    if (this.#emptying === null) {
      const tables = await database.run(TABLES)
      if (tables.length === 0) return
      const names = tables.map(({ name }) => `${SCHEMA}."${String(name)}"`)
      this.#emptying = `TRUNCATE ${names.join(', ')}; UPDATE ${SCHEMA}.counters SET value = 1`
    }
    await database.run(this.#emptying)
  }
}
