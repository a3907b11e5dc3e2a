import { budgetScopes, budgetStands, storeText } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { scopeObject } from '../scope/budget-scope.js'
import { budgetObject, budgetsScreen, configOf } from '../screen/budgets-screen.js'
import { lookForBudgetDrift } from '../settings/budget-drift.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `budgets` and of what it does to one of them. */
export interface BudgetsFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

/**
 * Shows every cap of queues, projects and the account: what is paid, what is held, what is left, until when, and whether the
 * config file says so.
 */
export async function budgets(flags: BudgetsFlags): Promise<number> {
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const { store } = half
  const now = await store.now()
  const stands = await budgetStands(store, await budgetScopes(store), now)
  const name = storeText(place.store)
  const file = flags.settings?.file ?? null
  const declared = file?.budgets ?? null
  const drift = await lookForBudgetDrift(half, declared)
  const said = declared === null || file === null ? null : { file: file.name, drift }
  if (flags.json === true) {
    const budgets = stands.map((stand) => ({
      ...budgetObject(stand),
      config: configOf(said, stand.scope),
    }))
    const missing = drift.budgets.flatMap(({ scope, state }) => (state === 'new' ? [scope] : []))
    const not = { not_applied: missing.map(scopeObject), config_file: said?.file ?? null }
    const object = { type: 'budgets', store: name, budgets, ...not }
    process.stdout.write(`${JSON.stringify(object)}\n`)
    return EXIT.usable
  }
  const facts = { now, store: name, storeFlag: storeFlag(place), stands, said }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => budgetsScreen(facts, width), { colours: !noColour })
  return EXIT.usable
}
