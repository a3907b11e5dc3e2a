import { ConfigError, DEFAULT_PROJECT, type QueueName } from '@halfrate/core'
import {
  type Halfrate,
  type PolicyChanges,
  storeText,
  writeBudget,
  writeQueuePolicy,
} from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, openStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { commandText } from '../screen/command-text.js'
import { appliedLines, driftLines, driftObject } from '../screen/drift-lines.js'
import { type BudgetsDrift, isBudgetDrift, lookForBudgetDrift } from '../settings/budget-drift.js'
import type { CommandSettings } from '../settings/command-settings.js'
import { lookForDrift } from '../settings/look-for-drift.js'
import { type Drift, isDrift } from '../settings/queue-drift.js'
import { type DeclaredBudget, sameScope } from '../settings/read-budgets.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `apply`. */
export interface ApplyFlags extends StoreFlags {
  readonly check?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Writes the queues and budgets of a config file into a store; with `check` only says where the two differ, and ends with 1 if they do.
 *
 * @throws {ConfigError} when this folder has no such file, or it declares neither queues nor budgets.
 */
export async function apply(flags: ApplyFlags): Promise<number> {
  const { file, queues, budgets: declared } = declaredOf(flags.settings)
  const place = placeOf(flags)
  const isCheck = flags.check === true
  const command = commandText('apply', storeFlag(place))
  await using half = isCheck
    ? await openExistingStore(place, { madeBy: command })
    : await openStore(place)
  const drift = queues === null ? NO_DRIFT : await lookForDrift(half, queues)
  const budgets = await lookForBudgetDrift(half, declared)
  if (!isCheck) {
    await write(half, queues ?? new Map(), drift)
    await writeBudgets(half.store, declared ?? [], budgets)
  }
  const differs = isDrift(drift) || isBudgetDrift(budgets)
  const exitCode = isCheck && differs ? EXIT.couldNotWork : EXIT.usable
  const remove = commandText('budgets remove', storeFlag(place))
  const facts = { file, drift, budgets, apply: command, remove }
  const told = { type: 'apply', check: isCheck, file, store: storeText(place.store) }
  printAnswer(flags.json, {
    object: { ...told, ...driftObject(drift, budgets), exit_code: exitCode },
    lines: isCheck ? driftLines(facts) : appliedLines(facts),
  })
  return exitCode
}

async function write(
  { store, prices: book }: Pick<Halfrate, 'store' | 'prices'>,
  declared: ReadonlyMap<QueueName, PolicyChanges>,
  drift: Drift,
): Promise<void> {
  for (const { queue, state } of drift.queues) {
    if (state === 'same') continue
    const changes = declared.get(queue) ?? {}
    await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue, changes, book })
  }
}

async function writeBudgets(
  store: Parameters<typeof writeBudget>[0],
  declared: readonly DeclaredBudget[],
  { budgets }: BudgetsDrift,
): Promise<void> {
  for (const { scope, state } of budgets) {
    const said = declared.find((each) => sameScope(each.scope, scope))
    if (state !== 'same' && said !== undefined) await writeBudget(store, scope, said.budget)
  }
}

const NO_DRIFT: Drift = { queues: [], unnamed: [] }

function declaredOf(settings: CommandSettings | undefined): {
  readonly file: string
  readonly queues: ReadonlyMap<QueueName, PolicyChanges> | null
  readonly budgets: readonly DeclaredBudget[] | null
} {
  const file = settings?.file ?? null
  if (file === null) {
    throw new ConfigError(
      'there is no halfrate.config.json or halfrate.config.ts in this folder.',
      'Go to the folder that has it, or write one (halfrate init). Nothing was changed.',
    )
  }
  if (file.queues === null && file.budgets === null) {
    throw new ConfigError(
      `${file.name}: it declares no queues and no budgets, so there is nothing to apply.`,
      'Name them, as in queues: { triage: { flushAge: "30m" } } or budgets: [{ month: 500 }]. Nothing was changed.',
    )
  }
  return { file: file.name, queues: file.queues, budgets: file.budgets }
}
