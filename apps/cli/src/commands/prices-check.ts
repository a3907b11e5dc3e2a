import {
  ownToolsOf,
  type PriceFileFault,
  priceFaultText,
  readPriceFile,
} from '@halfrate/core/money'
import { EXIT } from '../exit-code.js'
import { readPriceText } from '../prices/price-files.js'
import { countOf } from '../screen/number-text.js'
import { visibleText } from '../screen/visible-text.js'
import type { PricesFlags } from './prices.js'

/** Says whether a price file can be used, and what is wrong or odd in it. */
export async function pricesCheck(file: string, flags: PricesFlags): Promise<number> {
  const { book, faults, oddities } = readPriceFile(await readPriceText(file))
  const exit = book === null ? EXIT.someNotUsable : EXIT.usable
  if (flags.json === true) {
    const found = {
      usable: book !== null,
      models: book?.rows.length ?? null,
      tools: book === null ? null : ownToolsOf(book).length,
    }
    const object = { type: 'prices_check', file, ...found, read_on: book?.readOn ?? null }
    process.stdout.write(`${JSON.stringify({ ...object, faults, oddities })}\n`)
    return exit
  }
  const texts = [
    ...faults.map((fault) => priceFaultText(fault, file)),
    ...oddities.map((oddity) => priceFaultText(asOddity(oddity), file)),
    endText(file, {
      ...{
        faults,
        oddities,
        models: book?.rows.length ?? 0,
        tools: book === null ? 0 : ownToolsOf(book).length,
      },
    }),
  ]
  process.stdout.write(`${texts.map(visibleText).join('\n')}\n`)
  return exit
}

function asOddity(oddity: PriceFileFault): PriceFileFault {
  return { ...oddity, problem: `odd, but used: ${oddity.problem}` }
}

function endText(
  file: string,
  found: {
    readonly faults: readonly PriceFileFault[]
    readonly oddities: readonly PriceFileFault[]
    readonly models: number
    readonly tools: number
  },
): string {
  if (found.faults.length > 0) {
    return `${file}: ${countOf(found.faults.length, 'fault')}; it can't be used`
  }
  const odd =
    found.oddities.length === 0 ? '' : `, ${countOf(found.oddities.length, 'oddity', 'oddities')}`
  const tools = found.tools === 0 ? '' : `, ${countOf(found.tools, 'tool')}`
  return `${file}: ${countOf(found.models, 'model')}${tools}${odd}; it can be used`
}
