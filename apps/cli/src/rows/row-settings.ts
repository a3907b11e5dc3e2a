import { ConfigError } from '@halfrate/core'
import { oneOf, wholeNumber } from '../flags/parse-flag.js'
import type { CommandSettings } from '../settings/command-settings.js'
import type { Delimiter } from './delimiter.js'
import { type InputKind, inputKindOf } from './input-kind.js'

/** Flags that make requests of rows, as they were typed. */
export interface RowFlags {
  readonly prompt?: string | undefined
  readonly model?: string | undefined
  readonly maxTokens?: string | undefined
  readonly system?: string | undefined
  readonly keyColumn?: string | undefined
  readonly attach?: string | undefined
  readonly inputFormat?: string | undefined
  readonly delimiter?: string | undefined
  readonly settings?: CommandSettings | undefined
}

/** How requests are made of rows, before any file was read. */
export interface RowSettings {
  readonly kind: InputKind
  readonly promptFile: string
  readonly systemFile: string | null
  readonly model: string
  readonly maxTokens: number
  readonly keyColumn: string | null
  readonly attach: string | null
  /** Null: told by the header. */
  readonly delimiter: Delimiter | null
}

const NAMES = {
  model: '--model',
  maxTokens: '--max-tokens',
  system: '--system',
  keyColumn: '--key-column',
  attach: '--attach',
  inputFormat: '--input-format',
  delimiter: '--delimiter',
} as const

const MOST_MAX_TOKENS = 1_000_000
const DELIMITERS = { ',': ',', ';': ';', '|': '|', '\t': '\t', tab: '\t' } as const

/**
 * Reads the flags for rows; null when the input holds requests, which need none of them.
 *
 * @throws {ConfigError} when one is missing, can't be used, or does not go with the input.
 */
export function rowSettingsOf(inputs: readonly string[], flags: RowFlags): RowSettings | null {
  const [input = ''] = inputs
  if (flags.prompt === undefined) {
    if (inputs.length > 1) throw manyFiles(inputs)
    refuseLonely(input, flags)
    return null
  }
  const kind = inputKindOf(inputs, flags.inputFormat ?? null)
  const { model, maxTokens } = flags
  if (model === undefined || maxTokens === undefined) throw incomplete(model, maxTokens)
  if (model.trim() === '') throw empty('--model', 'the name of a model')
  if (flags.prompt === '') throw empty('--prompt', 'the name of a file')
  if (flags.system === '') throw empty('--system', 'the name of a file')
  if (flags.keyColumn === '') throw empty('--key-column', 'the name of a column')
  if (kind !== 'csv') refuse(flags.delimiter, '--delimiter', 'is for CSV')
  if (kind === 'documents')
    refuse(flags.keyColumn, '--key-column', 'is for rows; a document has its path as key')
  if (flags.attach === '') throw empty('--attach', 'the name of a column')
  if (kind === 'documents')
    refuse(
      flags.attach,
      '--attach',
      'is for rows; a document that is a PDF or a picture is sent as one',
    )
  return {
    kind,
    promptFile: flags.prompt,
    systemFile: flags.system ?? null,
    model,
    maxTokens: wholeNumber('--max-tokens', 1, MOST_MAX_TOKENS)(maxTokens),
    keyColumn: flags.keyColumn ?? null,
    attach: flags.attach ?? null,
    delimiter: kind === 'csv' ? delimiterOf(input, flags.delimiter) : null,
  }
}

function manyFiles(inputs: readonly string[]): ConfigError {
  return new ConfigError(
    `expected one file of requests, got ${inputs.length}, the first of them ${inputs[0]}.`,
    'Name one, or make a request of each document with --prompt FILE --model NAME --max-tokens N. Nothing was sent.',
  )
}

/**
 * What stands between the cells of a file: what `--delimiter` says, else a tab where the name of the file says so; null
 * where the header tells.
 *
 * @throws {ConfigError} when the flag names something else.
 */
export function delimiterOf(input: string, text: string | undefined): Delimiter | null {
  if (text === undefined) return /\.(?:tsv|tab)$/i.test(input) ? '\t' : null
  const words = Object.keys(DELIMITERS).filter((word) => word !== '\t')
  const word = text === '\t' ? 'tab' : text
  return DELIMITERS[oneOf('--delimiter', words)(word) as keyof typeof DELIMITERS]
}

function refuseLonely(input: string, flags: RowFlags): void {
  // An input that can only be rows lacks the prompt, whatever else stands there.
  if (/\.(?:csv|tsv|tab)$/i.test(input)) throw withoutPrompt(input, flags)
  for (const flag of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
    // What a config file says of rows is for inputs that are rows.
    const isTyped = flags.settings?.settled.every(
      ({ name, from }) => name !== flag || from === 'flag',
    )
    if (flags[flag] !== undefined && isTyped !== false) throw lonely(NAMES[flag])
  }
}

function withoutPrompt(input: string, { model, maxTokens }: RowFlags): ConfigError {
  const missing = ['--prompt FILE', ...missingFlags(model, maxTokens)]
  return new ConfigError(
    `--prompt: expected a file with the prompt for the rows of ${input}, got none.`,
    `Add ${missing.join(' ')}; {{column}} in the prompt is replaced by the value of the row. Nothing was sent.`,
  )
}

function lonely(flag: string): ConfigError {
  return new ConfigError(
    `${flag} goes with --prompt, for an input of rows or documents.`,
    'Add --prompt FILE if the input is that, or leave it out if each line is a request. Nothing was sent.',
  )
}

function refuse(value: string | undefined, flag: string, why: string): void {
  if (value === undefined) return
  throw new ConfigError(
    `${flag} ${why}.`,
    `Leave it out, or see halfrate run --help. Nothing was sent.`,
  )
}

function incomplete(model: string | undefined, maxTokens: string | undefined): ConfigError {
  return new ConfigError(
    `--prompt needs ${missingFlags(model, maxTokens).join(' and ')} too: rows have none of their own.`,
    'Add them, as in: --model claude-haiku-4-5 --max-tokens 512. Nothing was sent.',
  )
}

function missingFlags(model: string | undefined, maxTokens: string | undefined): readonly string[] {
  return [
    ...(model === undefined ? ['--model NAME'] : []),
    ...(maxTokens === undefined ? ['--max-tokens N'] : []),
  ]
}

function empty(flag: string, what: string): ConfigError {
  return new ConfigError(
    `${flag}: expected ${what}, got nothing.`,
    'Correct the flag. Nothing was sent.',
  )
}
