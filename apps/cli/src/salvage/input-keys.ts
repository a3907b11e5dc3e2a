import { existsSync } from 'node:fs'
import { InvalidInputError } from '@halfrate/core'
import { type FedLine, LineFeeder, readInputLine } from '@halfrate/core/intake'
import { type InputFile, readPieces } from '../input/input-file.js'
import { openPlain, requestsOf } from '../input/request-source.js'
import { csvTable } from '../rows/csv-table.js'
import type { Delimiter } from '../rows/delimiter.js'
import { documentsTable } from '../rows/documents-table.js'
import { type InputKind, inputKindOf } from '../rows/input-kind.js'
import { jsonTable } from '../rows/json-table.js'
import { keyChoiceOf, keyOf } from '../rows/prompted-rows.js'
import type { KeyChoice } from '../rows/row-key.js'
import type { Table } from '../rows/table.js'

/** The input that a lost store had taken in. */
export interface InputKeys {
  /** How texts call it. */
  readonly name: string
  /** Device and inode of every file of it. */
  readonly identities: ReadonlySet<string>
  /** @throws {InvalidInputError} at the first line that can't be read. */
  readonly keys: () => AsyncIterable<string>
  readonly close: () => Promise<void>
}

/** Which input, and how its keys are found, as `halfrate run` takes them. */
export interface InputSettings {
  readonly files: readonly string[]
  /** What `--input-format` says; null for nothing. */
  readonly format: string | null
  readonly keyColumn: string | null
  readonly delimiter: Delimiter | null
}

const PATTERN = /[*?[{]/

/**
 * Opens an input for its keys: requests, rows of CSV or JSON Lines, or documents by a pattern.
 *
 * @param besidePath path beside which standard input is kept while it is read.
 * @throws {InvalidInputError} when a file is missing or can't be read.
 */
export async function openInputKeys(
  settings: InputSettings,
  { besidePath, signal }: { readonly besidePath: string; readonly signal: AbortSignal },
): Promise<InputKeys> {
  const { files, keyColumn, delimiter } = settings
  const [file = ''] = files
  const kind = kindOf(settings)
  if (kind === 'documents') return keysOfTable(await documentsTable(files), null)
  const input = await openPlain(file, besidePath, signal)
  if (kind === 'csv') return keysOfTable(csvTable(input, delimiter), keyColumn)
  if (keyColumn !== null || !(await holdsRequests(input))) {
    return keysOfTable(jsonTable(input), keyColumn)
  }
  const { name, identities, close } = requestsOf(input)
  return { name, identities, keys: () => keysOfRequests(input), close }
}

// Of the keys alone: files that the requests name may be gone by now.
async function* keysOfRequests(input: InputFile): AsyncGenerator<string> {
  const file = input.path
  const feeder = new LineFeeder({ file })
  for await (const piece of readPieces(input)) yield* keysOf(feeder.push(piece), file)
  yield* keysOf(feeder.end(), file)
}

function* keysOf(lines: Iterable<FedLine>, file: string): Generator<string> {
  for (const { bytes, line } of lines) {
    const read = readInputLine(bytes, { file, line })
    if (read !== null) yield read.key.text
  }
}

function kindOf({ files, format }: InputSettings): InputKind {
  const [file = ''] = files
  const isPlain = files.length === 1 && (!PATTERN.test(file) || existsSync(file))
  const isTable = /\.(?:csv|tsv|tab)$/i.test(file)
  return format === null && isPlain && !isTable ? 'jsonl' : inputKindOf(files, format)
}

// Without a prompt nobody has said which of the two it is.
async function holdsRequests(input: InputFile): Promise<boolean> {
  try {
    for await (const _ of jsonTable(input).read().rows) return false
    return false
  } catch (error) {
    if (error instanceof InvalidInputError && error.rule === 'not_rows') return true
    throw error
  }
}

function keysOfTable(table: Table, keyColumn: string | null): InputKeys {
  const { name, identities, close } = table
  async function* keys(): AsyncGenerator<string> {
    let choice: KeyChoice | null = null
    for await (const row of table.read().rows) {
      choice ??= keyChoiceOf(table, row, { keyColumn })
      yield keyOf(row, choice)
    }
  }
  return { name, identities, keys, close }
}
