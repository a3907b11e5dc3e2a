import type { EpochMs } from '@halfrate/core'
import { ownToolsOf, priceOf, toolRatesAt, WEB_SEARCH } from '@halfrate/core/money'
import { currentInstant, readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { dayFlag } from '../flags/day-flag.js'
import { folderPrices } from '../prices/price-files.js'
import { priceObject, toolObject } from '../prices/price-object.js'
import { dayOf, feeText } from '../prices/price-text.js'
import { pricesScreen } from '../screen/prices-screen.js'
import { readConfigFile } from '../settings/read-config-file.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `prices`. */
export interface PricesFlags {
  readonly at?: string | undefined
  readonly all?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Shows the prices that the commands of this folder book by. */
export async function prices(flags: PricesFlags): Promise<number> {
  const at = instantOf(flags)
  const config = await readConfigFile(process.cwd())
  const folder = await folderPrices(config?.settings.prices ?? null)
  const { book, file } = folder
  if (flags.json === true) {
    const own = new Set(file?.book.rows.map(({ id }) => id))
    const models = book.rows
      .flatMap(({ id }) => priceOf(book, id, at) ?? [])
      .map((row) => ({ ...priceObject(row, at), from: own.has(row.id) ? 'file' : 'built-in' }))
    const object = {
      type: 'prices',
      day: dayOf(at),
      read_on: book.readOn,
      file: file?.name ?? null,
    }
    const ownTools = new Set(ownToolsOf(book).map(({ name }) => name))
    const priced = book.tools.map((tool) => ({ ...tool, ...toolRatesAt(tool, at) }))
    const tools = priced.map((tool) => ({
      ...toolObject(tool),
      from: ownTools.has(tool.name) ? 'file' : 'built-in',
    }))
    const search = priced.find(({ name }) => name === WEB_SEARCH)
    const web = { web_search_usd: search === undefined ? null : feeText(search, 'batch') }
    process.stdout.write(`${JSON.stringify({ ...object, ...web, models, tools })}\n`)
    return EXIT.usable
  }
  const facts = { ...folder, at, isAll: flags.all === true }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => pricesScreen(facts, width), { colours: !noColour })
  return EXIT.usable
}

/** The instant whose prices are meant: that of `--at`, else now. */
export function instantOf({ at }: Pick<PricesFlags, 'at'>): EpochMs {
  return at === undefined ? currentInstant() : dayFlag('--at')(at)
}
