import { existsSync } from 'node:fs'
import { ConfigError } from '@halfrate/core'
import { oneOf } from '../flags/parse-flag.js'
import { STDIN_NAME } from '../input/stdin-input.js'

/** What an input of rows is made of. */
export type InputKind = 'csv' | 'jsonl' | 'documents'

const KINDS = ['csv', 'jsonl', 'documents'] as const
const PATTERN = /[*?[{]/

/**
 * What an input is by its name; a pattern means documents, and so do many names, as a shell makes them of a pattern.
 *
 * @param asked what `--input-format` says; null for nothing.
 * @throws {ConfigError} when the name does not tell, or tells two things.
 */
export function inputKindOf(inputs: readonly string[], asked: string | null): InputKind {
  const [input = ''] = inputs
  if (inputs.length > 1) return kindOfMany(inputs, asked)
  const byName = kindByName(input)
  if (asked === null) {
    if (byName !== null && !(isPattern(input) && !existsSync(input))) return byName
    if (byName === null && isPattern(input)) return 'documents'
    throw untold(input, byName)
  }
  const kind = oneOf('--input-format', KINDS)(asked)
  if (kind !== 'documents' || input !== STDIN_NAME) return kind
  throw new ConfigError(
    '--input-format: expected csv or jsonl for standard input, got "documents".',
    'Name the documents by a pattern. Nothing was sent.',
  )
}

// A file of rows is one job; of several it would not be clear whose columns an output has.
function kindOfMany(inputs: readonly string[], asked: string | null): InputKind {
  const rows = inputs.find((name) => kindByName(name) !== null || name === STDIN_NAME)
  const kind = asked === null ? null : oneOf('--input-format', KINDS)(asked)
  const isStdin = inputs.includes(STDIN_NAME)
  if (!isStdin && (kind === 'documents' || (kind === null && rows === undefined))) {
    return 'documents'
  }
  throw new ConfigError(
    `expected one input of rows, got ${inputs.length}, among them ${rows ?? inputs[0]}.`,
    'Name one of them, or add --input-format documents to send every file whole. Nothing was sent.',
  )
}

/** Whether a name can stand for many files. */
function isPattern(input: string): boolean {
  return PATTERN.test(input)
}

function kindByName(input: string): InputKind | null {
  if (/\.(?:csv|tsv|tab)$/i.test(input)) return 'csv'
  return /\.(?:jsonl|ndjson)$/i.test(input) ? 'jsonl' : null
}

function untold(input: string, byName: InputKind | null): ConfigError {
  if (byName !== null) {
    return new ConfigError(
      `${input}: a pattern finds documents, and its ending is that of rows.`,
      'Name one file of rows, or add --input-format documents to send every file whole. Nothing was sent.',
    )
  }
  const name = input === STDIN_NAME ? 'standard input, which has no name' : input
  const kinds = input === STDIN_NAME ? 'csv or jsonl' : 'csv, jsonl or documents'
  return new ConfigError(
    `--input-format: expected ${kinds} for ${name}: the ending does not tell.`,
    'Add the flag. Nothing was sent.',
  )
}
