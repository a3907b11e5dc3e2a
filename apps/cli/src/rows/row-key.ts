import { ConfigError } from '@halfrate/core'
import { nearNames } from '@halfrate/core/intake'
import { listed, quoted } from './row-fault.js'

/** Where keys come from: a column, or the number of the row. */
export type KeyChoice =
  | { readonly type: 'column'; readonly name: string }
  | { readonly type: 'number' }

/** What `--key-column` says when rows are to be numbered. */
const NUMBERED = '#'

const DEFAULTS = ['key', 'id'] as const
const MOST_NEAR = 3

/**
 * Chooses where keys come from: what was asked for, else the column `key`, else `id`, else the number of the row.
 *
 * @param asked name of a column, or `#` for the number; null when nothing was asked for.
 * @param source what has the columns, for the error.
 * @throws {ConfigError} when there is no such column.
 */
export function chooseKey(
  columns: readonly string[],
  asked: string | null,
  source: string,
): KeyChoice {
  if (asked === NUMBERED) return { type: 'number' }
  const name = asked ?? DEFAULTS.find((each) => columns.includes(each))
  if (name === undefined) return { type: 'number' }
  if (columns.includes(name)) return { type: 'column', name }
  const near = nearNames(name, columns, MOST_NEAR).map(quoted).join(' or ')
  throw new ConfigError(
    `--key-column: expected the name of a column of ${source}, got ${quoted(name)}.`,
    `${near === '' ? '' : `Did you mean ${near}? `}${source} has ${listed(columns)}; ${NUMBERED} numbers the rows. Nothing was sent.`,
  )
}

/** The key of a row that has none of its own: `row-1` for the first. */
export function numberedKey(number: number): string {
  return `row-${number}`
}

/** Says for people which keys were chosen. */
export function keyChoiceText(choice: KeyChoice, asked: string | null): string {
  if (choice.type === 'column') return `keys: column ${quoted(choice.name)}`
  const reason = asked === null ? '; there is no column key or id, and --key-column names none' : ''
  return `keys: row-1, row-2, … by the number of the row${reason}`
}
