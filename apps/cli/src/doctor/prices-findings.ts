import { folderPrices } from '../prices/price-files.js'
import { countOf } from '../screen/number-text.js'
import { type Finding, ok } from './finding.js'
import { problemOf } from './provider-findings.js'

/** Whether the price file that the config file names can be used; nothing when it names none. */
export async function pricesFindings(name: string | null): Promise<readonly Finding[]> {
  if (name === null) return []
  try {
    const { file } = await folderPrices(name)
    const models = countOf(file?.book.rows.length ?? 0, 'model')
    return [ok('prices', `${name} has ${models}; what it does not name costs the built-in prices`)]
  } catch (error) {
    return [problemOf('prices', error)]
  }
}
