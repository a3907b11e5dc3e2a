import { createHash } from 'node:crypto'
import { type FedLine, LineFeeder, sliceMembers } from '@halfrate/core/intake'
import { digestOf, type InputFile, readPieces } from '../input/input-file.js'
import { rowFault } from './row-fault.js'
import type { Table, TableReading, TableRow } from './table.js'

const BYTE_ORDER_MARK = '\ufeff'
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A file of JSON objects, one a line, as a table: the members are columns. */
export function jsonTable(input: InputFile): Table {
  const read = (): TableReading => {
    const hash = createHash('sha256')
    let digest = ''
    async function* rows(): AsyncGenerator<TableRow> {
      const feeder = new LineFeeder({ file: input.path })
      let number = 0
      function* rowsOf(lines: Iterable<FedLine>): Generator<TableRow> {
        for (const line of lines) {
          const values = valuesOf(input.path, line)
          if (values === null) continue
          number += 1
          yield { row: line.line, number, file: input.path, line: line.line, values }
        }
      }
      for await (const piece of readPieces(input)) {
        hash.update(piece)
        yield* rowsOf(feeder.push(piece))
      }
      yield* rowsOf(feeder.end())
      if (number === 0) throw noRows(input.path)
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
      const names = new Set<string>()
      for await (const { values } of read().rows) for (const name of values.keys()) names.add(name)
      return [...names]
    },
    delimiter: () => ',',
    keyColumn: null,
    close: async () => input.close?.(),
  }
}

/**
 * The members of one line by name: texts as they are, null as nothing, anything else as it stands in the line. Null for
 * a blank line.
 *
 * @throws {InvalidInputError} when it is no JSON object, or a request of a batch.
 */
function valuesOf(file: string, { bytes, line }: FedLine): ReadonlyMap<string, string> | null {
  const hasMark = line === 1 && decoder.decode(bytes.subarray(0, 3)) === BYTE_ORDER_MARK
  const start = hasMark ? 3 : 0
  if (bytes.subarray(start).every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) {
    return null
  }
  const values = new Map<string, string>()
  for (const member of sliceMembers(bytes, start, bytes.length, { place: { file, line } })) {
    const text = decoder.decode(bytes.subarray(member.valueStart, member.end))
    if (member.name === 'params' && text.startsWith('{')) throw isRequest(file, line)
    values.set(member.name, textOfValue(text))
  }
  return values
}

function textOfValue(text: string): string {
  if (text === 'null') return ''
  return text.startsWith('"') ? (JSON.parse(text) as string) : text
}

function isRequest(file: string, line: number): Error {
  return rowFault({
    file,
    line,
    field: 'params',
    rule: 'not_rows',
    problem: 'expected a row, got a request of a batch, which has a prompt and a model already.',
    hint: 'Leave out --prompt, --model, --max-tokens, --system and --key-column.',
  })
}

function noRows(file: string): Error {
  return rowFault({
    file,
    line: null,
    rule: 'empty_input',
    problem: 'expected at least one row, got an empty input.',
    hint: 'Put one JSON object on each line.',
  })
}
