import { DEFAULT_ACCOUNT } from '@halfrate/core'
import { lineStand } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { lineLines, lineObject } from '../screen/line-text.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `limits`. */
export interface LimitsFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

/** Shows how many requests may be in line at the provider, and which queues have them there or wait for room. */
export async function limits(flags: LimitsFlags): Promise<number> {
  await using half = await openExistingStore(placeOf(flags))
  const stand = await lineStand(half.store, DEFAULT_ACCOUNT)
  printAnswer(flags.json, { object: lineObject(stand), lines: lineLines(stand) })
  return EXIT.usable
}
