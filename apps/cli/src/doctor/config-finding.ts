import { type Halfrate, storeText } from '@halfrate/runtime'
import { storeFlag } from '../run/self-command.js'
import type { Place } from '../run/store-options.js'
import { commandText } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'
import { budgetScopeText } from '../screen/scope-budget-text.js'
import { isBudgetDrift, lookForBudgetDrift } from '../settings/budget-drift.js'
import type { CommandSettings } from '../settings/command-settings.js'
import type { ConfigFile } from '../settings/config-file.js'
import { lookForDrift } from '../settings/look-for-drift.js'
import { isDrift } from '../settings/queue-drift.js'
import { flagOf } from '../settings/setting-name.js'
import type { SettledSetting } from '../settings/settle.js'
import { type Finding, ok, warning } from './finding.js'

/** Which config file counts in this folder, what it gives, and what is said over it. */
export function configFinding(settings: CommandSettings | undefined): Finding {
  const file = settings?.file ?? null
  if (settings === undefined || file === null) {
    return ok(
      'config',
      'no halfrate.config.json or .ts in this folder; flags, environment and defaults count',
    )
  }
  const given = settings.settled.filter(({ from }) => from === 'file')
  const overruled = settings.settled.filter(
    ({ name, from }) => from !== 'file' && file.settings[name] !== undefined,
  )
  const parts = [givenText(file, given), ...overruled.map(overruledText)]
  return ok('config', `${file.name} ${parts.join('; ')}`)
}

function givenText({ queues, budgets }: ConfigFile, given: readonly SettledSetting[]): string {
  const values = given.map(({ name, value }) => `${name} ${storeText(value ?? '')}`)
  if (queues !== null) values.push(countOf(queues.size, 'queue'))
  if (budgets !== null) values.push(countOf(budgets.length, 'budget'))
  return values.length === 0 ? 'gives nothing' : `gives ${values.join(', ')}`
}

function overruledText({ name, from }: SettledSetting): string {
  return `${name} is that of ${from === 'environment' ? 'ANTHROPIC_BASE_URL' : flagOf(name)}`
}

/** Whether the queues of a store are as the config file says; nothing where it does not speak of them. */
export async function queuesFindings(
  half: Halfrate,
  place: Place,
  file: ConfigFile | null,
): Promise<readonly Finding[]> {
  if (file === null || file.queues === null) return []
  const drift = await lookForDrift(half, file.queues)
  if (!isDrift(drift)) return [ok('queues', `as ${file.name} says`)]
  const differing = drift.queues.filter(({ state }) => state !== 'same').map(({ queue }) => queue)
  const names = [...differing, ...drift.unnamed].join(', ')
  const [check, apply] = ['apply --check', 'apply'].map((words) =>
    commandText(words, storeFlag(place)),
  )
  return [
    warning(
      'queues',
      `not as ${file.name} says: ${names}`,
      `${check} tells more, ${apply} writes what the file says.`,
    ),
  ]
}

/** Whether the budgets of a store are as the config file says; nothing where it does not speak of them. */
export async function budgetsFindings(
  half: Halfrate,
  place: Place,
  file: ConfigFile | null,
): Promise<readonly Finding[]> {
  if (file === null || file.budgets === null) return []
  const drift = await lookForBudgetDrift(half, file.budgets)
  if (!isBudgetDrift(drift)) return [ok('budgets', `as ${file.name} says`)]
  const differing = drift.budgets.flatMap(({ state, scope }) => (state === 'same' ? [] : [scope]))
  const names = [...differing, ...drift.unnamed].map(budgetScopeText).join(', ')
  const [check, apply] = ['apply --check', 'apply'].map((words) =>
    commandText(words, storeFlag(place)),
  )
  return [
    warning(
      'budgets',
      `not as ${file.name} says: ${names}`,
      `${check} tells more, ${apply} writes what the file says.`,
    ),
  ]
}

/** Every setting for programs: what it is, and who says so. */
export function settingsObject(settings: CommandSettings | undefined): readonly object[] {
  return (settings?.settled ?? []).map(({ name, value, from }) => ({
    name,
    value: value === null ? null : storeText(value),
    from,
  }))
}
