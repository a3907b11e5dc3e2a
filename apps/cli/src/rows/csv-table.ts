import { createHash } from 'node:crypto'
import { digestOf, type InputFile, readPieces } from '../input/input-file.js'
import { type CsvRecord, csvRecords } from './csv-records.js'
import type { Delimiter } from './delimiter.js'
import { quoted, rowFault } from './row-fault.js'
import type { Table, TableReading, TableRow } from './table.js'

/**
 * A CSV file as a table: the first row names the columns, and space around a name does not count.
 *
 * @param asked what stands between cells; null to tell it by the header.
 */
export function csvTable(input: InputFile, asked: Delimiter | null): Table {
  let delimiter: Delimiter = asked ?? ','
  const read = (): TableReading => {
    const hash = createHash('sha256')
    let digest = ''
    async function* rows(): AsyncGenerator<TableRow> {
      const records = csvRecords({
        file: input.path,
        pieces: hashed(readPieces(input), (piece) => hash.update(piece)),
        delimiter: asked,
        onDelimiter: (found) => {
          delimiter = found
        },
      })
      try {
        yield* rowsOf(input.path, records)
      } finally {
        await records.return(undefined)
      }
      digest = hash.digest('hex')
    }
    return { rows: rows(), digest: () => digest }
  }
  return {
    name: input.path,
    identities: new Set([input.identity]),
    read,
    digest: () => digestOf(input),
    async columns() {
      for await (const { values } of read().rows) return [...values.keys()]
      return []
    },
    delimiter: () => delimiter,
    keyColumn: null,
    close: async () => input.close?.(),
  }
}

async function* rowsOf(file: string, records: AsyncGenerator<CsvRecord>): AsyncGenerator<TableRow> {
  const first = await records.next()
  const columns = columnsOf(file, first.done === true ? [''] : first.value.cells)
  let number = 0
  let blank: number | null = null
  for await (const { line, cells } of records) {
    if (isBlank(cells)) {
      if (columns.length === 1) blank ??= line
      continue
    }
    if (blank !== null) throw blankLine(file, blank)
    if (cells.length !== columns.length) throw ragged(file, line, columns, cells)
    number += 1
    const values = new Map(columns.map((column, index) => [column, cells[index] ?? '']))
    yield { row: line, number, file, line, values }
  }
  if (number === 0) throw noRows(file)
}

/**
 * Reads the names of the columns.
 *
 * @throws {InvalidInputError} rule `invalid_header`, when one is empty or there twice; `not_utf8` for UTF-16.
 */
function columnsOf(file: string, cells: readonly string[]): readonly string[] {
  const columns = cells.map((cell) => cell.trim())
  const wrong = (problem: string, index: number | null = null): Error =>
    rowFault({
      file,
      line: 1,
      field: index === null ? undefined : `cell ${index + 1}`,
      rule: 'invalid_header',
      problem,
      hint: 'The first line names the columns, each once.',
    })
  if (isBlank(columns)) throw wrong('expected the names of the columns, got an empty line.')
  for (const [index, column] of columns.entries()) {
    if (column === '') throw wrong('expected the name of a column, got an empty one.', index)
    if (column.includes('\0')) throw wrong('expected UTF-8, got what looks like UTF-16.', index)
    if (column.includes('\r')) throw wrong('expected lines that end in LF or CRLF, got CR.', index)
    const before = columns.indexOf(column)
    if (before < index) {
      throw wrong(
        `expected every name once, got ${quoted(column)} in cell ${before + 1} too.`,
        index,
      )
    }
  }
  return columns
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === ''
}

function ragged(
  file: string,
  line: number,
  columns: readonly string[],
  cells: readonly string[],
): Error {
  const missing = columns[cells.length]
  return rowFault({
    file,
    line,
    field: missing ?? `cell ${columns.length + 1}`,
    rule: 'ragged_row',
    problem: `expected ${columns.length} cells, as many as the header has, got ${cells.length}.`,
    hint: 'A cell with the delimiter in it stands in quotes.',
  })
}

// An empty line and an empty cell look the same in a file of one column.
function blankLine(file: string, line: number): Error {
  return rowFault({
    file,
    line,
    rule: 'invalid_csv',
    problem: 'expected a value, got an empty line between rows of one column.',
    hint: 'Take the line out: it can be an empty cell or no row at all.',
  })
}

function noRows(file: string): Error {
  return rowFault({
    file,
    line: null,
    rule: 'empty_input',
    problem: 'expected at least one row below the header, got none.',
  })
}

async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  take: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    take(piece)
    yield piece
  }
}
