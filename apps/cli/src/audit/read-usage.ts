import { InvalidInputError } from '@halfrate/core'
import { readCsvUsage } from './csv-usage.js'
import { readJsonUsage } from './json-usage.js'
import type { ReadUsageParams } from './read-usage-params.js'
import type { UsageBytes } from './usage-bytes.js'

/**
 * Reads an input to its end: JSON Lines, CSV, or pages of the provider's reports, told by how it begins.
 *
 * Memory stays constant, except for a document that is printed over many lines, which may have 64 MB. An input that can't
 * be read any further is told to the tally.
 *
 * @throws {InvalidInputError} when nothing was read before; {ConfigError} for a name of `--map` that it does not have.
 */
export async function readUsage(input: UsageBytes, params: ReadUsageParams): Promise<void> {
  const pieces = input.pieces()
  try {
    const { head, isJson } = await lookAhead(pieces)
    const whole = joined(head, pieces)
    await (isJson
      ? readJsonUsage(input.name, whole, params)
      : readCsvUsage(input.name, whole, params))
  } catch (error) {
    if (!(error instanceof InvalidInputError) || params.tally.isNew) throw error
    params.tally.cutOff({ file: input.name, line: error.place.line, problem: error.problem })
  } finally {
    await pieces.return(undefined)
  }
}

// What came until something stood in it. Pieces are copied: the next one may be read into the same memory.
async function lookAhead(
  pieces: AsyncGenerator<Buffer>,
): Promise<{ readonly head: readonly Buffer[]; readonly isJson: boolean }> {
  const head: Buffer[] = []
  for (;;) {
    const { value, done } = await pieces.next()
    if (done === true) return { head, isJson: false }
    head.push(Buffer.from(value))
    const text = Buffer.from(value).toString('utf8').replace('\ufeff', '').trimStart()
    if (text !== '') return { head, isJson: text.startsWith('{') || text.startsWith('[') }
  }
}

async function* joined(
  head: readonly Buffer[],
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  yield* head
  yield* rest
}
