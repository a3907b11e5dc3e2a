import type { ResultRow } from '@halfrate/core'
import { anthropicRow, exportRow } from '@halfrate/core/results'

/** How rows are written: our own shape, the provider's results line, or a table. */
export const ROW_FORMATS = ['halfrate', 'anthropic', 'csv'] as const

/** One of {@link ROW_FORMATS}. */
export type RowFormat = (typeof ROW_FORMATS)[number]

/** Writes the rows of one output, in the order of the input. */
export interface RowLines {
  /** What stands before the first row; null for nothing. */
  readonly head: Uint8Array | null
  /** A row's line without its line feed; null when the format has none for it. */
  readonly lineOf: (row: ResultRow) => Promise<Uint8Array | null>
  /** Asked after the last row, before the output is put in place. */
  readonly end: () => Promise<void>
  /** Asked whatever happened: lets go of what it reads. */
  readonly close: () => Promise<void>
}

/** The lines of a format that needs nothing but the results. */
export function plainRows(format: Exclude<RowFormat, 'csv'>): RowLines {
  const lineOf = format === 'anthropic' ? anthropicRow : exportRow
  return {
    head: null,
    lineOf: async (row) => lineOf(row),
    end: async () => undefined,
    close: async () => undefined,
  }
}

/** The same lines without those of rows that are not done. */
export function doneRows(lines: RowLines): RowLines {
  return {
    ...lines,
    lineOf: async (row) => (row.request.state === 'done' ? await lines.lineOf(row) : null),
  }
}

/** The format that was asked for; by default what the name of the output says: CSV for `.csv`. */
export function formatOf(asked: RowFormat | undefined, output: string): RowFormat {
  return asked ?? (/\.csv$/i.test(output) ? 'csv' : 'halfrate')
}
