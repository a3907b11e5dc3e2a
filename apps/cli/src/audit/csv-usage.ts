import { ConfigError, InvalidInputError } from '@halfrate/core'
import { csvRecords } from '../rows/csv-records.js'
import { listed } from '../rows/row-fault.js'
import type { ReadUsageParams } from './read-usage-params.js'
import type { FieldNames, UsageField } from './usage-fields.js'
import { readUsageRow } from './usage-row.js'

const MEASURES: readonly UsageField[] = ['input_tokens', 'output_tokens', 'cost_usd']

/**
 * Reads CSV whose first line names the columns.
 *
 * @throws {InvalidInputError} when it is none, or no column has tokens or a cost; {ConfigError} for a mapped column that
 * it does not have.
 */
export async function readCsvUsage(
  file: string,
  pieces: AsyncIterable<Buffer>,
  { names, delimiter, tally }: ReadUsageParams,
): Promise<void> {
  const records = csvRecords({ file, pieces, delimiter, onDelimiter: () => undefined })
  try {
    const header = await records.next()
    if (header.done === true) return
    const fields = columnFields(file, header.value.cells, names)
    const width = header.value.cells.length
    tally.is('log', file)
    for await (const { line, cells } of records) {
      if (cells.length === 1 && cells[0] === '') continue
      if (cells.length !== width) {
        const problem = `expected ${width} cells, as many as the header has, got ${cells.length}`
        tally.add(problem, { file, line })
        continue
      }
      const values = new Map(fields.map(([field, index]) => [field, cells[index]]))
      tally.add(readUsageRow(values), { file, line })
    }
  } finally {
    await records.return(undefined)
  }
}

function columnFields(
  file: string,
  cells: readonly string[],
  names: FieldNames,
): readonly (readonly [UsageField, number])[] {
  const found = new Map<UsageField, { readonly index: number; readonly rank: number }>()
  const columns = cells.map((cell) => cell.trim())
  for (const [index, column] of columns.entries()) {
    const known = names.find(column)
    if (known === null) continue
    const before = found.get(known.field)
    if (before === undefined || known.rank < before.rank) {
      found.set(known.field, { index, rank: known.rank })
    }
  }
  for (const [field, name] of names.mapped) {
    if (!found.has(field)) throw missingColumn(file, `${field}=${name}`, columns)
  }
  if (!MEASURES.some((field) => found.has(field))) throw noMeasure(file, columns)
  return [...found].map(([field, { index }]) => [field, index])
}

function missingColumn(file: string, mapped: string, columns: readonly string[]): Error {
  return new ConfigError(
    `--map ${mapped}: expected a column of ${file}, which has ${listed(columns)}.`,
    'Correct the name.',
  )
}

function noMeasure(file: string, columns: readonly string[]): Error {
  return new InvalidInputError({
    place: { file, line: 1, field: null },
    rule: 'no_usage',
    problem: `expected columns with input_tokens and output_tokens, or cost_usd, got ${listed(columns)}.`,
    nextStep: 'Say where they are, as in: --map model=model_name,input_tokens=in,output_tokens=out',
  })
}
