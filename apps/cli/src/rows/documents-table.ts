import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { existsSync, type Stats } from 'node:fs'
import { glob, open, stat } from 'node:fs/promises'
import { basename, normalize, sep } from 'node:path'
import { MEDIA_NAMES, mediaTypeOf } from '@halfrate/core/intake'
import { sourceFile } from '@halfrate/runtime'
import { identityOf, inputError } from '../input/input-file.js'
import { countOf } from '../screen/number-text.js'
import { quoted, rowFault } from './row-fault.js'
import type { Table, TableReading, TableRow } from './table.js'

/** The provider takes no message above 32 MB. */
const MOST_DOCUMENT_BYTES = 32_000_000
const NAMED_AS_FILE = /\.(?:pdf|png|jpe?g|gif|webp)$/i
const BYTE_ORDER_MARK = '\ufeff'

/**
 * The files that patterns find as a table, one a row, in the order of their paths: `text`, `path` and `name` (without
 * folder). A PDF or a picture has no text and is an attachment of its row. Their keys are their paths. A name that is a file's stands for that file, whatever characters it has.
 *
 * Names that begin with a dot are found only when the pattern names them, and links to folders are not followed.
 *
 * @throws {InvalidInputError} when one of them finds nothing.
 */
export async function documentsTable(patterns: readonly string[]): Promise<Table> {
  const documents = await findDocuments(patterns)
  const read = (): TableReading => {
    const hash = createHash('sha256')
    let digest = ''
    async function* rows(): AsyncGenerator<TableRow> {
      for (const [index, { path }] of documents.entries()) {
        const bytes = await readDocument(path)
        addTo(hash, path, bytes)
        const place = { row: index + 1, number: index + 1, file: path, line: null }
        yield { ...place, ...contentOf(path, bytes) }
      }
      digest = hash.digest('hex')
    }
    return { rows: rows(), digest: () => digest }
  }
  return {
    name: nameOf(patterns),
    identities: new Set(documents.map(({ identity }) => identity)),
    read,
    async digest() {
      const hash = createHash('sha256')
      for (const { path } of documents) addTo(hash, path, await readDocument(path))
      return hash.digest('hex')
    },
    columns: async () => ['path', 'name'],
    delimiter: () => ',',
    keyColumn: 'path',
    close: async () => undefined,
  }
}

interface Document {
  readonly path: string
  readonly identity: string
}

async function findDocuments(patterns: readonly string[]): Promise<readonly Document[]> {
  const byPath = new Map<string, Document>()
  for (const pattern of patterns) {
    const found = await findBy(pattern)
    if (found.length === 0) throw notFound(pattern)
    for (const document of found) byPath.set(document.path, document)
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function findBy(pattern: string): Promise<readonly Document[]> {
  const documents: Document[] = []
  const found = existsSync(pattern) ? [pattern] : glob(pattern)
  for await (const path of found) {
    const stats = await statOf(path)
    if (!stats.isFile()) continue
    documents.push({ path: normalize(path).split(sep).join('/'), identity: identityOf(stats) })
  }
  return documents
}

// A link that leads nowhere is found by its name too.
async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (error) {
    throw unreadable(path, error as Error)
  }
}

function unreadable(path: string, error: Error): Error {
  const problem = `it can't be read: ${error.message}.`
  return inputError(path, 'unreadable', problem, 'Nothing was sent.', error)
}

function nameOf([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${countOf(others.length, 'more name')}`
}

function notFound(pattern: string): Error {
  return inputError(
    pattern,
    'not_found',
    'expected files, found none.',
    'Nothing was sent. Check the pattern; ** stands for any folders, and names that begin with a dot are passed over.',
  )
}

async function readDocument(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      if (size > MOST_DOCUMENT_BYTES) throw tooLarge(path, size)
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw unreadable(path, error)
  }
}

// A PDF or a picture stands before the prompt, so it has no text to put into it. What only is named like one, as a file is
// that Git LFS has not fetched, must not be paid for as a text.
function contentOf(path: string, bytes: Buffer): Pick<TableRow, 'values' | 'attachment'> {
  const isFile = mediaTypeOf(bytes) !== null || NAMED_AS_FILE.test(path)
  const values = new Map([
    ['text', isFile ? '' : textOf(path, bytes)],
    ['path', path],
    ['name', basename(path)],
  ])
  if (!isFile) return { values }
  const place = { file: path, line: null, field: null }
  return { values, attachment: sourceFile(bytes, quoted(basename(path)), place) }
}

function textOf(path: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw notDocument(path)
  const text = bytes.toString('utf8')
  const plain = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  if (plain.trim() !== '') return plain
  throw rowFault({
    file: path,
    line: null,
    rule: 'empty_prompt',
    problem: 'expected a text, got nothing but space.',
    hint: `Take the file away, or choose a pattern without ${quoted(path)}.`,
  })
}

function notDocument(path: string): Error {
  return rowFault({
    file: path,
    line: null,
    rule: 'not_utf8',
    problem: `expected ${MEDIA_NAMES}, or a text in UTF-8, got neither.`,
    hint: 'What a document is, its content tells and not its name. Save a text as UTF-8, convert anything else, or choose a pattern without it.',
  })
}

function addTo(hash: ReturnType<typeof createHash>, path: string, bytes: Buffer): void {
  hash.update(`${JSON.stringify([path, bytes.length])}\n`).update(bytes)
}

function tooLarge(path: string, size: number): Error {
  return rowFault({
    file: path,
    line: null,
    rule: 'item_too_large',
    problem: `expected at most ${MOST_DOCUMENT_BYTES} bytes, got ${size}.`,
    hint: 'The provider takes no message above 32 MB.',
  })
}
