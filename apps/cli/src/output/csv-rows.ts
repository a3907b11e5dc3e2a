import { InvalidInputError, OutputError, type ResultRow } from '@halfrate/core'
import { type OutputRow, outputRowOf } from '@halfrate/core/results'
import type { PromptedTable } from '../input/request-source.js'
import { inputDigest, keyChoiceOf, keyOf } from '../rows/prompted-rows.js'
import type { KeyChoice } from '../rows/row-key.js'
import type { TableRow } from '../rows/table.js'
import { csvLine } from './csv-line.js'
import type { RowLines } from './row-lines.js'

const OURS = ['answer', 'status', 'cost_usd', 'error', 'policy'] as const
const CARRIAGE_RETURN = '\r'
const encoder = new TextEncoder()

/**
 * CSV: the columns of the input, then answer, status, cost_usd, error and policy. Without an input that is a table: the key in
 * their place.
 *
 * The input is read a second time beside the results, so memory stays flat; an input that is not the same any more ends
 * it before the output is put in place.
 *
 * @param digest of the input when its rows were taken in; null when nobody knows it.
 * @throws {OutputError} in its calls, when the input was changed since.
 */
export async function csvRows(
  origin: PromptedTable | null,
  digest: string | null,
): Promise<RowLines> {
  if (origin === null) return keyedRows()
  const { table, prompting } = origin
  const columns = await unchanged(table.name, () => table.columns())
  const reading = table.read()
  const rows = reading.rows[Symbol.asyncIterator]()
  const delimiter = table.delimiter()
  let choice: KeyChoice | null = null
  return {
    head: lineOf([...columns, ...ownNames(columns)], delimiter),
    async lineOf(result) {
      const row = await unchanged(table.name, () => rowAt(rows, result, table.name))
      choice ??= keyChoiceOf(table, row, prompting)
      if (keyOf(row, choice) !== result.request.key) throw changed(table.name)
      const cells = columns.map((column) => row.values.get(column) ?? '')
      return lineOf([...cells, ...ownCells(outputRowOf(result))], delimiter)
    },
    async end() {
      // Of a job that has only some of its rows, or kept old answers, what follows is nobody's business.
      if (digest === null) return
      await unchanged(table.name, () => passBy(rows))
      if (inputDigest(reading.digest(), prompting) !== digest) throw changed(table.name)
    },
    async close() {
      await rows.return?.()
    },
  }
}

function keyedRows(): RowLines {
  return {
    head: lineOf(['key', ...OURS], ','),
    lineOf: async (result) => {
      const row = outputRowOf(result)
      return lineOf([row.key, ...ownCells(row)], ',')
    },
    end: async () => undefined,
    close: async () => undefined,
  }
}

/** The names of our columns: `halfrate_` stands before one that the input has too, as often as it takes. */
function ownNames(columns: readonly string[]): readonly string[] {
  return OURS.map((name) => {
    let free: string = name
    while (columns.includes(free)) free = `halfrate_${free}`
    return free
  })
}

function ownCells({ text, status, costUsd, error, policy }: OutputRow): readonly string[] {
  const problem = error === null ? '' : `${error.code}: ${error.message}`
  return [text ?? '', status, costUsd ?? '', problem, policy ?? '']
}

async function rowAt(
  rows: AsyncIterator<TableRow>,
  { request }: ResultRow,
  name: string,
): Promise<TableRow> {
  for (;;) {
    const next = await rows.next()
    if (next.done === true || next.value.row > (request.row ?? 0)) throw changed(name)
    if (next.value.row === request.row) return next.value
  }
}

async function passBy(rows: AsyncIterator<TableRow>): Promise<void> {
  while ((await rows.next()).done !== true);
}

// What was taken in could be read, so an input that can't is another one now.
async function unchanged<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const isOfInput = error instanceof InvalidInputError
    const isOfSystem = error instanceof Error && 'syscall' in error
    throw isOfInput || isOfSystem ? changed(name, error) : error
  }
}

function lineOf(cells: readonly string[], delimiter: string): Uint8Array {
  return encoder.encode(csvLine(cells, delimiter) + CARRIAGE_RETURN)
}

function changed(name: string, cause?: unknown): OutputError {
  const reason = cause instanceof Error ? ` (${cause.message.replace(/\.$/, '')})` : ''
  return new OutputError(
    `${name}: it was changed since its rows were taken in, so its columns can't be put beside the answers${reason}.`,
    'The answers are kept: run the same command again with the input as it was, or write them as JSON Lines (halfrate results).',
    { cause },
  )
}
