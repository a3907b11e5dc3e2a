import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConfigError } from '@halfrate/core'
import {
  extendPriceBook,
  PRICE_BOOK,
  type PriceBook,
  priceFaultText,
  readPriceFile,
} from '@halfrate/core/money'
import { commandText } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'
import { shellWord } from '../screen/outcome-screen.js'

/** The built-in prices, with those of a file in their place. */
export interface FolderPrices {
  readonly book: PriceBook
  /** The file by its name as it was given, and what it alone says; null when there is none. */
  readonly file: { readonly name: string; readonly book: PriceBook } | null
}

/**
 * Reads the text of a price file.
 *
 * @throws {ConfigError} when it can't be read.
 */
export async function readPriceText(name: string): Promise<string> {
  try {
    return await readFile(resolve(name), 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const problem = code === 'ENOENT' ? 'there is no such file' : message
    throw new ConfigError(
      `${name}: expected a price file, but ${problem}.`,
      'Name one that is there; nothing was sent.',
      { cause },
    )
  }
}

/**
 * Reads a price file that must be usable.
 *
 * @throws {ConfigError} when it can't be read or used; it names the first fault, `halfrate prices check` names all.
 */
export async function readPrices(name: string): Promise<PriceBook> {
  const { book, faults } = readPriceFile(await readPriceText(name))
  const [first, ...others] = faults.map((fault) => priceFaultText(fault, name))
  if (book !== null) return book
  const more = others.length === 0 ? '' : ` (and ${countOf(others.length, 'more fault')})`
  throw new ConfigError(
    `${first}${more}.`,
    `Correct it; ${commandText(`prices check ${shellWord(name)}`, '')} names every fault. Nothing was sent.`,
  )
}

/**
 * The prices that the commands of a folder book by: `name` is what its config file says under `prices`, null for nothing.
 *
 * @throws {ConfigError} when the file can't be read or used.
 */
export async function folderPrices(name: string | null): Promise<FolderPrices> {
  if (name === null) return { book: PRICE_BOOK, file: null }
  const book = await readPrices(name)
  return { book: extendPriceBook(PRICE_BOOK, book), file: { name, book } }
}
