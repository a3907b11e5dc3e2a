import { createHash } from 'node:crypto'
import { ConfigError } from '@halfrate/core'
import {
  type AcceptedRow,
  fileBlockOf,
  IntakeRowMaker,
  MEDIA_NAMES,
  nearNames,
  type SourceFile,
} from '@halfrate/core/intake'
import { FileShelf, nodeDigest, type RequestsReading } from '@halfrate/runtime'
import {
  checkPlaceholders,
  fillTemplate,
  needPlaceholder,
  type Placeholder,
  type PromptTemplate,
} from './prompt-template.js'
import { listed, quoted, rowFault } from './row-fault.js'
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
  /** The column that names a PDF or a picture for each row; null when none does. */
  readonly attach: string | null
  /** What the paths in that column are relative to. */
  readonly folder: string
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
    // The files of a column can change while the rows that name them do not.
    sourceDigest: () =>
      prompting.attach === null ? inputDigest(reading.digest(), prompting) : null,
  }
}

/** Digest in hex of rows and all that makes requests of them: with another prompt it is another input. */
export function inputDigest(rowsDigest: string, prompting: Prompting): string {
  const { template, model, maxTokens, system, keyColumn, attach } = prompting
  const { parts } = template
  const all = { rowsDigest, parts, model, maxTokens, system, keyColumn }
  const settings = JSON.stringify(attach === null ? all : { ...all, attach })
  return createHash('sha256').update(settings).digest('hex')
}

async function* requestsOf(
  table: Table,
  rows: AsyncIterable<TableRow>,
  prompting: Prompting,
  say: (text: string) => void,
): AsyncGenerator<AcceptedRow> {
  const maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })
  const shelf = new FileShelf(prompting.folder)
  let choice: KeyChoice | null = null
  for await (const row of rows) {
    if (choice === null) {
      choice = keyChoiceOf(table, row, prompting)
      checkPlaceholders(prompting.template, [...row.values.keys()], table.name)
      checkAttach(table, row, prompting)
      say(keyChoiceText(choice, prompting.keyColumn))
    }
    const place = { file: row.file, line: row.line }
    const file = row.attachment ?? attachedTo(row, prompting, shelf)
    if (file === null) needPlaceholder(prompting.template)
    yield maker.intakeRowOf(
      { key: keyOf(row, choice), params: paramsOf(row, prompting, file) },
      row.row,
      place,
      { byPath: file === null ? null : new Map([[ATTACHED, file]]) },
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

// Stands for the file in the params; no path of a row gets there.
const ATTACHED = 'attached'

function checkAttach(table: Table, first: TableRow, { attach }: Prompting): void {
  if (attach === null || first.values.has(attach)) return
  const columns = [...first.values.keys()]
  const near = nearNames(attach, columns, 1).map((name) => `Did you mean ${quoted(name)}? `)
  throw new ConfigError(
    `--attach: expected the name of a column of ${table.name}, got ${quoted(attach)}.`,
    `${near.join('')}It has ${listed(columns)}. Nothing was sent.`,
  )
}

function attachedTo(row: TableRow, { attach }: Prompting, shelf: FileShelf): SourceFile | null {
  if (attach === null) return null
  const path = row.values.get(attach) ?? ''
  const place = { file: row.file, line: row.line, field: attach }
  if (path !== '') return shelf.read(path, place)
  throw rowFault({
    ...place,
    rule: 'missing_file',
    problem: `expected the path of ${MEDIA_NAMES}, got nothing.`,
    hint: 'Every row needs a file with --attach. Send rows without one in a run of their own.',
  })
}

function paramsOf(
  row: TableRow,
  { template, model, maxTokens, system }: Prompting,
  file: SourceFile | null,
): object {
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
    messages: [{ role: 'user', content: file === null ? content : blocksOf(file, content) }],
  }
}

// The file first, as the provider recommends.
function blocksOf({ mediaType }: SourceFile, text: string): readonly object[] {
  const source = { type: 'path', path: ATTACHED }
  return [
    { type: fileBlockOf(mediaType), source },
    { type: 'text', text },
  ]
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
