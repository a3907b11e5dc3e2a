import type { CsvError } from 'csv-parse'
import { type Delimiter, delimiterText, findDelimiter, headerBytes } from './delimiter.js'
import { type Cut, RecordCutter } from './record-cutter.js'
import { quoted, rowFault } from './row-fault.js'
import { utf8Pieces } from './utf8-lines.js'

/** One record of a CSV file. */
export interface CsvRecord {
  /** The line where it begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/** The bytes of a CSV file. */
export interface CsvSource {
  /** How errors call it. */
  readonly file: string
  readonly pieces: AsyncIterable<Uint8Array>
  /** What stands between cells; null to tell it by the header. */
  readonly delimiter: Delimiter | null
  /** Told once, before the first record. */
  readonly onDelimiter: (delimiter: Delimiter) => void
}

/** The provider takes no message above 32 MB, so no record can be larger. */
const MOST_RECORD_BYTES = 32_000_000
const MOST_HEADER_BYTES = 1_000_000

/**
 * The records of a CSV file with the lines where they begin, its header first; blank lines come as one empty cell.
 *
 * @throws {InvalidInputError} rule `invalid_csv`, `invalid_header` or `not_utf8`, after the records before it.
 */
export async function* csvRecords(params: CsvSource): AsyncGenerator<CsvRecord> {
  const { file } = params
  const pieces = utf8Pieces(file, params.pieces)
  try {
    yield* recordsOf(params, pieces)
  } finally {
    // Whoever stops at the header has not come to the loop that would let go of the file.
    await pieces.return(undefined)
  }
}

async function* recordsOf(
  params: CsvSource,
  pieces: AsyncGenerator<Buffer>,
): AsyncGenerator<CsvRecord> {
  const { file, onDelimiter } = params
  const head = await headOf(file, pieces)
  const delimiter = params.delimiter ?? findDelimiter(file, textOf(head))
  onDelimiter(delimiter)
  const cutter = new RecordCutter(delimiter, MOST_RECORD_BYTES)
  let line = 1
  function* taken({ records, error }: Cut): Generator<CsvRecord> {
    for (const cells of records) {
      yield { line, cells }
      line += 1 + cells.reduce((sum, cell) => sum + lineFeeds(cell), 0)
    }
    if (error !== null) throw faultOf(file, line, error, delimiter)
  }
  yield* taken(await cutter.push(head))
  for await (const piece of pieces) yield* taken(await cutter.push(piece))
  yield* taken(await cutter.end())
}

// All that came until the header was whole, or until the end.
async function headOf(file: string, pieces: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0)
  while (headerBytes(head) === null) {
    if (head.length > MOST_HEADER_BYTES) throw longHeader(file)
    const next = await pieces.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  return head
}

function textOf(head: Buffer): string {
  return head.toString('utf8', 0, headerBytes(head) ?? head.length)
}

function lineFeeds(cell: string): number {
  let count = 0
  for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count += 1
  return count
}

function longHeader(file: string): Error {
  return rowFault({
    file,
    line: 1,
    rule: 'invalid_header',
    problem: 'expected the names of the columns in the first line, got 1 MB without an end.',
    hint: 'Look for a quote that is not closed, and for lines that end in CR alone.',
  })
}

function faultOf(file: string, line: number, error: CsvError, delimiter: Delimiter): Error {
  const at = { file, line, rule: 'invalid_csv' } as const
  // The library counts the cells before the one that it stopped in.
  const cell = typeof error.index === 'number' ? `cell ${error.index + 1}` : undefined
  switch (String(error.code)) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return rowFault({
        ...at,
        field: cell,
        problem: 'expected a closing quote, got the end of the file.',
        hint: 'The row that begins here opens a quote which is never closed; a quote inside quotes is doubled.',
      })
    case 'CSV_MAX_RECORD_SIZE':
      return rowFault({
        ...at,
        field: cell,
        problem: 'expected a row of at most 32 MB, got more.',
        hint: 'Look for a quote that is not closed.',
      })
    case 'CSV_INVALID_CLOSING_QUOTE':
      return rowFault({
        ...at,
        field: cell,
        problem: `expected ${delimiterText(delimiter)} or the end of the row after a closing quote, got more text.`,
        hint: 'A quote inside quotes is doubled: "".',
      })
    case 'INVALID_OPENING_QUOTE':
      return rowFault({
        ...at,
        field: cell,
        problem: `expected a quote only around a whole cell, got one inside ${quoted(String(error.field ?? ''))}.`,
        hint: 'Put the whole cell in quotes, and double the quotes inside it.',
      })
    default:
      return rowFault({ ...at, problem: `expected CSV, got what it can't be: ${error.message}.` })
  }
}
