import type { SourceFile } from '@halfrate/core/intake'

/** One row of a table. */
export interface TableRow {
  /** What orders the rows and tells them apart: the line where one stands that has lines, else its number. */
  readonly row: number
  /** From 1, without what is no row. */
  readonly number: number
  /** How errors call the file that it stands in. */
  readonly file: string
  /** The line where it begins; null when it is a file of its own. */
  readonly line: number | null
  /** By the names of the columns, in their order. */
  readonly values: ReadonlyMap<string, string>
  /** The PDF or picture that the row is, when it is one and no text. */
  readonly attachment?: SourceFile
}

/** One reading of a table from its beginning. */
export interface TableReading {
  readonly rows: AsyncIterable<TableRow>
  /** SHA-256 in hex of all that was read; after the last row. */
  readonly digest: () => string
}

/** Rows that can be read again and again. */
export interface Table {
  /** How errors call it. */
  readonly name: string
  /** Device and inode of every file of it. */
  readonly identities: ReadonlySet<string>
  /** @throws {InvalidInputError} while the rows are taken, at the first that can't be. */
  readonly read: () => TableReading
  /** SHA-256 in hex, as a reading tells it, without making rows. */
  readonly digest: () => Promise<string>
  /** Columns that an output repeats, in their order. Takes a reading. */
  readonly columns: () => Promise<readonly string[]>
  /** What stands between the cells of it; a comma when it has none. */
  readonly delimiter: () => string
  /** Default for where keys come from, when the rows are of a kind that has one. */
  readonly keyColumn: string | null
  readonly close: () => Promise<void>
}
