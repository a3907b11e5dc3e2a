import { InvalidInputError } from '@halfrate/core'

/** Stable codes of what can be wrong with rows, their prompt or their files; `InvalidInputError.rule` is one of them. */
export type RowRule =
  | 'invalid_template'
  | 'unknown_column'
  | 'missing_column'
  | 'empty_prompt'
  | 'invalid_header'
  | 'invalid_csv'
  | 'ragged_row'
  | 'missing_key'
  | 'missing_file'
  | 'not_utf8'
  | 'empty_input'
  | 'item_too_large'
  | 'not_rows'
  | 'not_found'

/** What is wrong, and where. */
export interface RowFault {
  readonly file: string
  /** From 1; null when it is about the whole file. */
  readonly line: number | null
  /** The column or place in the line; null when it is about the whole of it. */
  readonly field?: string | undefined
  readonly rule: RowRule
  /** What was expected and what came. */
  readonly problem: string
  /** Sentences to stand before the usual advice. */
  readonly hint?: string | undefined
}

const SHOWN_CHARS = 40
const SHOWN_NAMES = 20

/** Makes the error for rows that can't be taken; its next step ends with what to do. */
export function rowFault({ file, line, field, rule, problem, hint }: RowFault): InvalidInputError {
  const advice = `Fix the ${line === null ? 'file' : 'line'}, then run the same command again.`
  return new InvalidInputError({
    place: { file, line, field: field ?? null },
    rule,
    problem,
    nextStep: [hint, 'Nothing was sent.', advice].filter((part) => part !== undefined).join(' '),
  })
}

/** Text of a stranger in quotes, cut off where it is long. */
export function quoted(text: string): string {
  const chars = [...text.slice(0, 4 * SHOWN_CHARS)]
  return JSON.stringify(
    chars.length > SHOWN_CHARS ? `${chars.slice(0, SHOWN_CHARS).join('')}…` : text,
  )
}

/** Names in a row, as many as fit a line. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_NAMES).map(quoted).join(', ')
  const more = names.length - SHOWN_NAMES
  return more > 0 ? `${shown} and ${more} more` : shown
}
