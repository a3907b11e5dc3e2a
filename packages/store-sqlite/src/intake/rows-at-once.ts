/** Rows of one statement. A call into the database costs as much as the row that it brings. */
export const ROWS_AT_ONCE = 16

/** The text of so many rows of values. */
export function inRows(values: string, count: number): string {
  return eachRow(() => values, count)
}

/** The text of so many rows, each made of its place among them. */
export function eachRow(rowAt: (at: number) => string, count: number): string {
  return Array.from({ length: count }, (_, at) => rowAt(at)).join(', ')
}
