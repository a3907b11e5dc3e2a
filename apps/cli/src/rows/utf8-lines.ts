import { isUtf8 } from 'node:buffer'
import { LineFeeder } from '@halfrate/core/intake'
import { rowFault } from './row-fault.js'

/**
 * Passes on copies of the pieces of an input once every line that ends in them is known to be UTF-8.
 *
 * @throws {InvalidInputError} rule `not_utf8`, naming the line; `line_too_long` above 32 MB.
 */
export async function* utf8Pieces(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const feeder = new LineFeeder({ file })
  const check = (lines: Iterable<{ readonly bytes: Uint8Array; readonly line: number }>): void => {
    for (const { bytes, line } of lines) if (!isUtf8(bytes)) throw notUtf8(file, line)
  }
  for await (const piece of pieces) {
    check(feeder.push(piece))
    yield Buffer.from(piece)
  }
  check(feeder.end())
}

/** Makes the error for text that is not UTF-8. */
export function notUtf8(file: string, line: number | null): Error {
  return rowFault({
    file,
    line,
    rule: 'not_utf8',
    problem: 'expected UTF-8, got bytes that are not.',
    hint: 'Save the file as UTF-8 (spreadsheets call it "CSV UTF-8"), or: iconv -f LATIN1 -t UTF-8.',
  })
}
