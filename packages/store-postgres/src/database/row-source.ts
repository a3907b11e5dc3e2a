import {
  arrayOf,
  type ColumnData,
  type ColumnType,
  fieldSize,
  writeField,
} from './binary-format.js'
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
// The signature of the format, no flags, no extension.
const COPY_HEAD = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const COPY_END = Buffer.from([0xff, 0xff])

/** Rows as arrays, one a column. Their parameters begin at `$first`. */
export function unnested(
  columns: Columns,
  rows: readonly ColumnData[][],
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
  await copyInto(db, 'halfrate_page', columns, rows)
  return { from: 'halfrate_page AS v', values: [] }
}

/** Adds rows to a table that only grows. */
export async function insertRows(
  db: Connection,
  table: string,
  columns: Columns,
  rows: readonly ColumnData[][],
): Promise<void> {
  if (rows.length === 0) return
  if (rows.length > ROWS_TO_COPY && db.copiesIntoTables) return copyInto(db, table, columns, rows)
  const { from, values } = unnested(columns, rows, 1)
  await db.run(`INSERT INTO ${table} (${quoted(columns)}) SELECT * FROM ${from}`, ...values)
}

function copyInto(
  db: Connection,
  table: string,
  columns: Columns,
  rows: readonly ColumnData[][],
): Promise<void> {
  return db.copy(`COPY ${table} (${quoted(columns)}) FROM STDIN (FORMAT binary)`, copyChunks(rows))
}

function* copyChunks(rows: readonly ColumnData[][]): Generator<Buffer> {
  yield COPY_HEAD
  let some: ColumnData[][] = []
  let size = 0
  for (const row of rows) {
    some.push(row)
    size += row.reduce((sum: number, value) => sum + fieldSize(value), 2)
    if (size < CHUNK_BYTES) continue
    yield chunkOf(some, size)
    some = []
    size = 0
  }
  yield chunkOf(some, size)
  yield COPY_END
}

function chunkOf(rows: readonly ColumnData[][], size: number): Buffer {
  const chunk = Buffer.allocUnsafe(size)
  let at = 0
  for (const row of rows) {
    at = chunk.writeInt16BE(row.length, at)
    for (const value of row) at = writeField(chunk, at, value)
  }
  return chunk
}

function column(rows: readonly ColumnData[][], index: number): ColumnData[] {
  return rows.map((row) => row[index] ?? null)
}

function quoted(columns: Columns): string {
  return Object.keys(columns)
    .map((name) => `"${name}"`)
    .join(', ')
}
