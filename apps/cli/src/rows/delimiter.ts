import { rowFault } from './row-fault.js'

/** What can stand between the cells of a line. */
export type Delimiter = ',' | ';' | '\t' | '|'

const CANDIDATES: readonly Delimiter[] = [',', ';', '\t', '|']
const QUOTE = 0x22
const LINE_FEED = 0x0a

/** How many bytes the header has, its line feed included; null while its end is not there yet. */
export function headerBytes(head: Uint8Array): number | null {
  let isQuoted = false
  for (const [at, byte] of head.entries()) {
    if (byte === QUOTE) isQuoted = !isQuoted
    if (byte === LINE_FEED && !isQuoted) return at + 1
  }
  return null
}

/**
 * Tells the delimiter by the header alone: the one candidate that stands in it outside quotes; a comma when none does.
 *
 * @throws {InvalidInputError} rule `invalid_header`, when there are two, for then the file can be read in two ways.
 */
export function findDelimiter(file: string, header: string): Delimiter {
  // What stands between the first quote and its end, with doubled quotes in it, is inside.
  const outside = header.replace(/"(?:[^"]|"")*"?/g, '')
  const found = CANDIDATES.filter((each) => outside.includes(each))
  if (found.length <= 1) return found[0] ?? ','
  throw rowFault({
    file,
    line: 1,
    rule: 'invalid_header',
    problem: `expected one delimiter between the names of the columns, got ${found.map(delimiterText).join(' and ')}.`,
    hint: 'Say which one it is with --delimiter.',
  })
}

/** A delimiter for people. */
export function delimiterText(delimiter: Delimiter): string {
  return delimiter === '\t' ? 'tab' : delimiter
}
