import { arrayOf, type ColumnData, type ColumnType, FieldWriter } from './binary-format.js'
import type { Connection, Parameter } from './connection.js'

/** Columns of rows on their way, by name. */
export type Columns = Readonly<Record<string, ColumnType>>

/** Rows as a statement's `FROM` takes them, called `v`. */
export interface RowSource {
  readonly from: string
  readonly values: readonly Parameter[]
}

/** Above so many rows COPY is faster than arrays, though it takes two more round trips. */
const ROWS_TO_COPY = 5_000

const CHUNK_BYTES = 262_144
// Room for the row that fills it, when it is one of the usual size.
const FULL_CHUNK_BYTES = CHUNK_BYTES - 8_192
// The signature of the format, no flags, no extension.
const COPY_HEAD = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const COPY_END = Buffer.from([0xff, 0xff])

/** Rows as arrays, one a column. Their parameters begin at `$first`. */
export function unnested(
  columns: Columns,
  rows: readonly (readonly ColumnData[])[],
  first: number,
): RowSource {
  const entries = Object.entries(columns)
  const places = entries.map(([, type], index) => `$${first + index}::${type}[]`)
  return {
    from: `unnest(${places.join(', ')}) AS v(${quoted(columns)})`,
    values: entries.map(([, type], index) => arrayOf(type, column(rows, index))),
  }
}

/**
 * Rows for a statement: arrays for few, a temporary table for many, which ends with the transaction.
 *
 * A transaction can have one such table.
 */
export async function rowSource(
  db: Connection,
  columns: Columns,
  rows: readonly ColumnData[][],
  first: number,
): Promise<RowSource> {
  if (rows.length <= ROWS_TO_COPY) return unnested(columns, rows, first)
  const types = Object.entries(columns).map(([name, type]) => `"${name}" ${type}`)
  await db.run(`CREATE TEMP TABLE halfrate_page (${types.join(', ')}) ON COMMIT DROP`)
  await db.copy(
    copyText('halfrate_page', columns),
    copyChunks(rows, (row) => row),
  )
  return { from: 'halfrate_page AS v', values: [] }
}

/** Adds rows to a table that only grows. */
export function insertRows(
  db: Connection,
  table: string,
  columns: Columns,
  rows: readonly ColumnData[][],
): Promise<void> {
  return insertEach(db, table, columns, { items: rows, rowOf: (row) => row })
}

/** Adds a row for each item, as {@link insertRows} does. Many rows are never there at once. */
export async function insertEach<Item>(
  db: Connection,
  table: string,
  columns: Columns,
  {
    items,
    rowOf,
  }: { readonly items: readonly Item[]; readonly rowOf: (item: Item) => readonly ColumnData[] },
): Promise<void> {
  if (items.length === 0) return
  if (items.length > ROWS_TO_COPY && db.copiesIntoTables) {
    return db.copy(copyText(table, columns), copyChunks(items, rowOf))
  }
  const { from, values } = unnested(columns, items.map(rowOf), 1)
  await db.run(`INSERT INTO ${table} (${quoted(columns)}) SELECT * FROM ${from}`, ...values)
}

function copyText(table: string, columns: Columns): string {
  return `COPY ${table} (${quoted(columns)}) FROM STDIN (FORMAT binary)`
}

function* copyChunks<Item>(
  items: readonly Item[],
  rowOf: (item: Item) => readonly ColumnData[],
): Generator<Buffer> {
  yield COPY_HEAD
  let chunk = new FieldWriter(CHUNK_BYTES)
  for (const item of items) {
    const row = rowOf(item)
    chunk.count(row.length)
    for (const value of row) chunk.field(value)
    if (chunk.size < FULL_CHUNK_BYTES) continue
    yield chunk.finish()
    chunk = new FieldWriter(CHUNK_BYTES)
  }
  yield chunk.finish()
  yield COPY_END
}

function column(rows: readonly (readonly ColumnData[])[], index: number): ColumnData[] {
  return rows.map((row) => row[index] ?? null)
}

function quoted(columns: Columns): string {
  return Object.keys(columns)
    .map((name) => `"${name}"`)
    .join(', ')
}
