/** What the databases say differently. Migrations are written once, in these words. */
export interface SqlFlavor {
  /** A column type for whole numbers below 2^53. */
  readonly integer: string
  /** A column type for bytes. */
  readonly bytes: string
  /** A column type for text that we make ourselves: well formed, without NUL. */
  readonly text: string
  /** A column type for {@link AnyText}. */
  readonly anyText: string
  /** What follows a row id's name: an ascending number that the database gives out if we don't. */
  readonly rowId: string
  /** What stands behind a table that is stored in the order of its primary key. */
  readonly keyOrdered: string
}

/** SQLite: columns take any type, so text that is not well formed is stored as bytes in the same column. */
export const sqliteFlavor: SqlFlavor = {
  integer: 'INTEGER',
  bytes: 'BLOB',
  text: 'TEXT',
  anyText: 'TEXT',
  rowId: 'INTEGER PRIMARY KEY',
  keyOrdered: 'WITHOUT ROWID',
}
