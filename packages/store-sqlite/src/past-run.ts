/**
 * Ends a row value that steps to the next run of an index: higher than any number in the column after the run's own.
 *
 * SQLite seeks to the first row that is equal to a row value or greater, and looks at each equal one before it finds a
 * greater one. Without this every row of the run is equal, however many there are.
 */
export const PAST_RUN: number = Number.MAX_SAFE_INTEGER
