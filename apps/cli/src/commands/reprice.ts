import { EXIT } from '../exit-code.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { repricedLines, repricedObject } from '../screen/repriced-screen.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `reprice`. */
export interface RepriceFlags extends StoreFlags {
  readonly dryRun?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Fills in the costs of answers whose price was not known when they came, by the prices of this folder. */
export async function reprice(flags: RepriceFlags): Promise<number> {
  await using half = await openExistingStore(placeOf(flags))
  const isDryRun = flags.dryRun === true
  const facts = { ...(await half.reprice({ dryRun: isDryRun })), isDryRun }
  printAnswer(flags.json, { object: repricedObject(facts), lines: repricedLines(facts) })
  return facts.unpriced === 0 ? EXIT.usable : EXIT.someNotUsable
}
