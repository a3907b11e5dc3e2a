/** Rows of one statement. A call into the database costs as much as the row that it brings. */
export const ROWS_AT_ONCE = 16

/** The text of so many rows of values. */
export function inRows(values: string, count: number): string {
  return Array.from({ length: count }, () => values).join(', ')
}
