import { budgetScopes, budgetStands, storeText } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { budgetObject, budgetsScreen } from '../screen/budgets-screen.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `budgets` and of what it does to one of them. */
export interface BudgetsFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

/** Shows every cap of queues and of the account: what is paid, what is held, what is left, and until when. */
export async function budgets(flags: BudgetsFlags): Promise<number> {
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const { store } = half
  const now = await store.now()
  const stands = await budgetStands(store, await budgetScopes(store), now)
  const name = storeText(place.store)
  if (flags.json === true) {
    const object = { type: 'budgets', store: name, budgets: stands.map(budgetObject) }
    process.stdout.write(`${JSON.stringify(object)}\n`)
    return EXIT.usable
  }
  const facts = { now, store: name, storeFlag: storeFlag(place), stands }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => budgetsScreen(facts, width), { colours: !noColour })
  return EXIT.usable
}
