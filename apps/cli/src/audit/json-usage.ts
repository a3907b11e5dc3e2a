import { ConfigError, InvalidInputError } from '@halfrate/core'
import { type FedLine, LineFeeder } from '@halfrate/core/intake'
import { listed } from '../rows/row-fault.js'
import { readReportPage } from './admin-report.js'
import { otherUses } from './other-uses.js'
import type { ReadUsageParams } from './read-usage-params.js'
import type { UsageField } from './usage-fields.js'
import { readUsageRow } from './usage-row.js'
import { isNothing } from './usage-values.js'

type Json = Readonly<Record<string, unknown>>

const MOST_DOCUMENT_BYTES = 64_000_000
const MOST_DEPTH = 6

/**
 * Reads JSON: one object a line, or documents over many lines; each a row, a page of a report, or an array of these.
 *
 * @throws {InvalidInputError} for a line above 32 MB or a document above 64 MB; {ConfigError} for a mapped name that no
 * row has.
 */
export async function readJsonUsage(
  file: string,
  pieces: AsyncIterable<Buffer>,
  params: ReadUsageParams,
): Promise<void> {
  const reader = new JsonReader(file, params)
  const feeder = new LineFeeder({ file })
  for await (const piece of pieces) for (const line of feeder.push(piece)) reader.take(line)
  for (const line of feeder.end()) reader.take(line)
  reader.end()
}

class JsonReader {
  readonly #file: string
  readonly #params: ReadUsageParams
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  readonly #seen = new Set<UsageField>()
  #firstNames: readonly string[] = []
  #isFirst = true
  // The lines of a document that does not end with its first one.
  #document: string[] | null = null
  #documentBytes = 0

  constructor(file: string, params: ReadUsageParams) {
    this.#file = file
    this.#params = params
  }

  take({ bytes, line }: FedLine): void {
    const text = this.#textOf(bytes)
    if (text === null) {
      this.#params.tally.add('expected UTF-8, got bytes that are not', this.#at(line))
      return
    }
    if (text === '') return
    // A line that leaves something open is the first of a document; in JSON Lines each ends what it begins.
    if (this.#isFirst && /[[{,:]$/.test(text)) this.#document = []
    this.#isFirst = false
    if (this.#document === null) {
      this.#parse(text, line)
      return
    }
    this.#document.push(text)
    this.#documentBytes += bytes.length
    if (this.#documentBytes > MOST_DOCUMENT_BYTES) throw largeDocument(this.#file)
  }

  end(): void {
    if (this.#document !== null) this.#parse(this.#document.join('\n'), null)
    const { names, tally } = this.#params
    for (const [field, name] of names.mapped) {
      if (this.#seen.has(field) || tally.isNew || this.#firstNames.length === 0) continue
      throw new ConfigError(
        `--map ${field}=${name}: expected a name in the rows of ${this.#file}, which have ${listed(this.#firstNames)}.`,
        'Correct the name; a dot leads into an object, as in usage.input_tokens.',
      )
    }
  }

  #textOf(bytes: Uint8Array): string | null {
    try {
      return this.#decoder.decode(bytes).trim()
    } catch {
      return null
    }
  }

  #parse(text: string, line: number | null): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      this.#params.tally.add('expected JSON, got something else', this.#at(line))
      return
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    for (const each of values) this.#value(each, line)
  }

  #value(value: unknown, line: number | null): void {
    const { tally } = this.#params
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      tally.add('expected a JSON object', this.#at(line))
      return
    }
    const page = readReportPage(value as Json)
    if (page === null) {
      tally.is('log', this.#file)
      const row = value as Json
      tally.add(readUsageRow(this.#valuesOf(row), otherUses(row)), this.#at(line))
      return
    }
    if (page.kind !== null) tally.is(page.kind, this.#file)
    for (const each of page.lines) tally.add(each, this.#at(line))
    tally.pageOf(this.#file, page.hasMore)
  }

  #valuesOf(row: Json): ReadonlyMap<UsageField, unknown> {
    const found = new Map<UsageField, { readonly value: unknown; readonly rank: number }>()
    this.#collect(row, { above: '', depth: 0, found })
    if (this.#firstNames.length === 0) this.#firstNames = Object.keys(row)
    return new Map([...found].map(([field, { value }]) => [field, value]))
  }

  #collect(
    row: Json,
    into: {
      readonly above: string
      readonly depth: number
      readonly found: Map<UsageField, { readonly value: unknown; readonly rank: number }>
    },
  ): void {
    const { names } = this.#params
    for (const [key, value] of Object.entries(row)) {
      const name = `${into.above}${key}`
      const known = names.find(name)
      if (known !== null) {
        if (known.rank < 0) this.#seen.add(known.field)
        const before = into.found.get(known.field)
        const isSurer = before === undefined || known.rank < before.rank
        if (isSurer && !isNothing(value)) into.found.set(known.field, { value, rank: known.rank })
      }
      if (into.depth >= MOST_DEPTH || typeof value !== 'object' || value === null) continue
      if (!names.isAbove(name) || Array.isArray(value)) continue
      this.#collect(value as Json, { ...into, above: `${name}.`, depth: into.depth + 1 })
    }
  }

  #at(line: number | null): { readonly file: string; readonly line: number | null } {
    return { file: this.#file, line }
  }
}

function largeDocument(file: string): Error {
  return new InvalidInputError({
    place: { file, line: null, field: null },
    rule: 'document_too_large',
    problem: 'expected a JSON document of at most 64 MB, got more.',
    nextStep: 'Write JSON Lines, one object a line, which may be any number: jq -c .[] FILE',
  })
}
