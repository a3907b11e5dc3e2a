import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { InvalidInputError } from '../../../src/errors.js'
import { readInputLine } from '../../../src/policy/intake/input-line.js'
import { IntakeRowMaker } from '../../../src/policy/intake/intake-row-maker.js'

/** A line, the rule that it breaks, the member, what was expected and what came, and the hint before the advice. */
export type RefusedLine = readonly [
  line: string,
  rule: string,
  field: string | null,
  problem: string,
  hint?: string,
]

const place = { file: 'requests.jsonl', line: 118 }

/** How every refusal of a line ends. */
export const LINE_ADVICE = 'Nothing was sent. Fix the line, then run the same command again.'

/** Makes rows of up to 2,000 bytes. */
export function smallRowMaker(): IntakeRowMaker {
  return new IntakeRowMaker({
    hash128: (...parts) => {
      const hash = createHash('sha256')
      for (const part of parts) hash.update(part)
      return hash.digest().subarray(0, 16)
    },
    maxItemBytes: 2_000,
  })
}

/** The error that something ends with. */
export function refused(run: () => unknown): InvalidInputError {
  try {
    run()
  } catch (error) {
    if (error instanceof InvalidInputError) return error
    throw error
  }
  return expect.fail('it was accepted')
}

/** The error that line 118 of requests.jsonl ends with. */
export function refusedLine(input: string | Uint8Array): InvalidInputError {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  return refused(() => {
    const line = readInputLine(bytes, place)
    return line === null ? null : smallRowMaker().toIntakeRow(line)
  })
}

/** A line with these params. */
export function withParams(params: string): string {
  return `{"key":"a","params":${params}}`
}

/** Checks the exact text of every refusal. */
export function describeRefusals(what: string, lines: readonly RefusedLine[]): void {
  const rows = lines.map(([line, rule, field, problem, hint]) => ({
    title: `${rule}: ${problem}`,
    ...{ line, rule, field, problem, hint },
  }))
  describe(what, () => {
    test.each(rows)('$title', ({ line, rule, field, problem, hint }) => {
      const error = refusedLine(line)
      const where = field === null ? 'requests.jsonl:118' : `requests.jsonl:118: ${field}`
      expect(error.message).toBe(`${where}: ${problem}`)
      expect(error.rule).toBe(rule)
      expect(error.place).toEqual({ file: 'requests.jsonl', line: 118, field })
      expect(error.nextStep).toBe(hint === undefined ? LINE_ADVICE : `${hint} ${LINE_ADVICE}`)
    })
  })
}
