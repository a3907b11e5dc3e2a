import { createHash } from 'node:crypto'
import { type AcceptedRow, IntakeRowMaker } from '@halfrate/core/intake'
import { nodeDigest, type RequestsReading } from '@halfrate/runtime'
import {
  checkPlaceholders,
  fillTemplate,
  type Placeholder,
  type PromptTemplate,
} from './prompt-template.js'
import { rowFault } from './row-fault.js'
import { chooseKey, type KeyChoice, keyChoiceText, numberedKey } from './row-key.js'
import type { Table, TableRow } from './table.js'

/** What makes a request of a row. */
export interface Prompting {
  readonly template: PromptTemplate
  readonly model: string
  readonly maxTokens: number
  readonly system: string | null
  /** Name of a column, `#` for numbers, null for what is usual. */
  readonly keyColumn: string | null
}

/**
 * Makes requests of the rows of a table.
 *
 * @param say told once where the keys come from.
 */
export function promptedRows(
  table: Table,
  prompting: Prompting,
  say: (text: string) => void,
): RequestsReading {
  const reading = table.read()
  return {
    rows: requestsOf(table, reading.rows, prompting, say),
    sourceDigest: () => inputDigest(reading.digest(), prompting),
  }
}

/** Digest in hex of rows and all that makes requests of them: with another prompt it is another input. */
export function inputDigest(rowsDigest: string, prompting: Prompting): string {
  const { template, model, maxTokens, system, keyColumn } = prompting
  const { parts } = template
  const settings = JSON.stringify({ rowsDigest, parts, model, maxTokens, system, keyColumn })
  return createHash('sha256').update(settings).digest('hex')
}

async function* requestsOf(
  table: Table,
  rows: AsyncIterable<TableRow>,
  prompting: Prompting,
  say: (text: string) => void,
): AsyncGenerator<AcceptedRow> {
  const maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })
  let choice: KeyChoice | null = null
  for await (const row of rows) {
    if (choice === null) {
      choice = keyChoiceOf(table, row, prompting)
      checkPlaceholders(prompting.template, [...row.values.keys()], table.name)
      say(keyChoiceText(choice, prompting.keyColumn))
    }
    const place = { file: row.file, line: row.line }
    yield maker.intakeRowOf(
      { key: keyOf(row, choice), params: paramsOf(row, prompting) },
      row.row,
      place,
    )
  }
}

/**
 * Where the keys of a table come from, as its first row shows it.
 *
 * @throws {ConfigError} when `--key-column` names none of its columns.
 */
export function keyChoiceOf(
  table: Table,
  first: TableRow,
  prompting: Pick<Prompting, 'keyColumn'>,
): KeyChoice {
  const asked = prompting.keyColumn ?? table.keyColumn
  return chooseKey([...first.values.keys()], asked, table.name)
}

/**
 * The key of a row.
 *
 * @throws {InvalidInputError} rule `missing_key`.
 */
export function keyOf(row: TableRow, choice: KeyChoice): string {
  if (choice.type === 'number') return numberedKey(row.number)
  const key = row.values.get(choice.name)
  if (key !== undefined && key !== '') return key
  throw rowFault({
    file: row.file,
    line: row.line,
    field: choice.name,
    rule: 'missing_key',
    problem: `expected the key of the row, got ${key === undefined ? 'none' : 'an empty one'}.`,
    hint: 'Every row needs a key of its own. --key-column names another column; # numbers the rows.',
  })
}

function paramsOf(row: TableRow, { template, model, maxTokens, system }: Prompting): object {
  const content = fillTemplate(template, (placeholder) => valueAt(row, placeholder, template.file))
  if (content.trim() === '') {
    throw rowFault({
      file: row.file,
      line: row.line,
      rule: 'empty_prompt',
      problem: 'expected a prompt, got nothing but space: the values that it takes are empty.',
      hint: 'Claude refuses an empty prompt.',
    })
  }
  return {
    model,
    max_tokens: maxTokens,
    ...(system === null ? {} : { system }),
    messages: [{ role: 'user', content }],
  }
}

function valueAt(row: TableRow, { name, line, column }: Placeholder, template: string): string {
  const value = row.values.get(name)
  if (value !== undefined) return value
  throw rowFault({
    file: row.file,
    line: row.line,
    field: name,
    rule: 'missing_column',
    problem: `expected a value for {{${name}}} of ${template}:${line}:${column}, got none.`,
    hint: 'Rows before it have one; null or "" says that there is none.',
  })
}
