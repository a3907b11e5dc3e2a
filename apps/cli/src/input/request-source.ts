import { dirname } from 'node:path'
import { type RequestsReading, readRequests } from '@halfrate/runtime'
import { csvTable } from '../rows/csv-table.js'
import { documentsTable } from '../rows/documents-table.js'
import { jsonTable } from '../rows/json-table.js'
import { inputDigest, type Prompting, promptedRows } from '../rows/prompted-rows.js'
import { readPrompting } from '../rows/read-prompting.js'
import type { RowSettings } from '../rows/row-settings.js'
import type { Table } from '../rows/table.js'
import { digestOf, type InputFile, openInputFile, readPieces } from './input-file.js'
import { STDIN_NAME, StdinInput } from './stdin-input.js'

/** The rows of a run, and what makes requests of them. */
export interface PromptedTable {
  readonly table: Table
  readonly prompting: Prompting
}

/** Requests that can be read again and again from their beginning. */
export interface RequestSource {
  /** How errors call it. */
  readonly name: string
  /** Device and inode of every file that it is read from. */
  readonly identities: ReadonlySet<string>
  readonly read: () => RequestsReading
  /** What a whole reading would give as its digest, without making requests. */
  readonly digest: () => Promise<string>
  /** The rows that the requests are made of, and how; null when the input holds requests. */
  readonly rows: PromptedTable | null
  /** Gives back what was kept for it. It can't be read any more. */
  readonly close: () => Promise<void>
}

/**
 * Opens what a run is to send: requests, or rows with a prompt.
 *
 * @param params.besidePath path beside which standard input is kept while it is read.
 * @param params.say told once where the keys of rows come from.
 * @throws {InvalidInputError} when a file is missing or can't be read, or the prompt is none.
 */
export async function openRequestSource(params: {
  /** One; of documents also many. */
  readonly files: readonly string[]
  readonly rows: RowSettings | null
  readonly besidePath: string
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}): Promise<RequestSource> {
  const { files, rows, besidePath, signal } = params
  const [file = ''] = files
  if (rows === null) {
    return requestsOf(await openPlain(file, besidePath, signal))
  }
  const { prompting, identities } = await readPrompting(rows, dirname(file))
  const table = await openTable(files, rows, params)
  const say = once(params.say)
  return {
    name: table.name,
    identities: new Set([...table.identities, ...identities]),
    read: () => promptedRows(table, prompting, say),
    digest: async () => inputDigest(await table.digest(), prompting),
    rows: { table, prompting },
    close: table.close,
  }
}

async function openTable(
  files: readonly string[],
  { kind, delimiter }: RowSettings,
  { besidePath, signal }: { readonly besidePath: string; readonly signal: AbortSignal },
): Promise<Table> {
  const [file = ''] = files
  if (kind === 'documents') return await documentsTable(files)
  const input = await openPlain(file, besidePath, signal)
  return kind === 'csv' ? csvTable(input, delimiter) : jsonTable(input)
}

/**
 * Opens a file, or standard input for `-`.
 *
 * @throws {InvalidInputError} when it is missing or can't be read.
 */
export async function openPlain(
  file: string,
  besidePath: string,
  signal: AbortSignal,
): Promise<InputFile> {
  if (file === STDIN_NAME) return new StdinInput(process.stdin, besidePath, signal)
  return await openInputFile(file)
}

/** An input of requests, one a line. */
export function requestsOf(input: InputFile): RequestSource {
  const { path, size } = input
  return {
    name: path,
    identities: new Set([input.identity]),
    read: () =>
      readRequests({
        file: path,
        pieces: () => readPieces(input),
        source: size === null ? null : { path, size },
      }),
    digest: () => digestOf(input),
    rows: null,
    close: async () => input.close?.(),
  }
}

function once(say: (text: string) => void): (text: string) => void {
  let wasSaid = false
  return (text) => {
    if (!wasSaid) say(text)
    wasSaid = true
  }
}
