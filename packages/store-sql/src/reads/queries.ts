import {
  type Dialect,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Tables } from '../tables.js'

/** What a statement has to say differently from one database to the other. */
export interface QueryWords {
  /** Any number of ids as the right side of `in`: one parameter, so that there is one statement to prepare. */
  readonly idList: (ids: readonly number[]) => RawBuilder<unknown>
  /** The items of a JSON list of numbers as a table of `value` and `key`, its place from 0. */
  readonly listItems: (column: RawBuilder<unknown>, alias: string) => RawBuilder<unknown>
  /** A whole number out of a column that holds a JSON object; null where it has none. */
  readonly jsonNumber: (column: RawBuilder<unknown>, member: string) => RawBuilder<number | null>
}

/** Builds and compiles statements. It has no connection: the adapters run what it compiles. */
export class Queries extends Kysely<Tables> {
  readonly words: QueryWords

  constructor(dialect: Dialect, words: QueryWords) {
    super({ dialect })
    this.words = words
  }
}

/** Statements in the words of SQLite. */
export const sqliteQueries: Queries = new Queries(
  {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  {
    idList: (ids) => sql`(select value from json_each(${JSON.stringify(ids)}))`,
    listItems: (column, alias) => sql`json_each(${column}) ${sql.raw(alias)}`,
    jsonNumber: (column, member) => sql`json_extract(${column}, ${`$.${member}`})`,
  },
)

/** Statements in the words of PostgreSQL. */
export const postgresQueries: Queries = new Queries(
  {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  {
    idList: (ids) => sql`(select unnest(${`{${ids.join(',')}}`}::bigint[]))`,
    listItems: (column, alias) =>
      sql`lateral (select j.item::bigint as value, j.nth - 1 as key
        from json_array_elements_text(${column}::json) with ordinality j(item, nth)) ${sql.raw(alias)}`,
    jsonNumber: (column, member) => sql`(${column}::json ->> ${sql.lit(member)})::bigint`,
  },
)
