import { configFault, isMembers, shownValue, unknownName } from './config-fault.js'
import type { ConfigFile } from './config-file.js'
import { readBudgets } from './read-budgets.js'
import { readQueues } from './read-queues.js'
import { readValue } from './read-value.js'
import { refuseSecretName } from './secrets.js'
import { flagOf, SETTING_NAMES, type SettingName } from './setting-name.js'
import { SETTING_RULES } from './setting-rules.js'

const KNOWN = [...SETTING_NAMES, 'queues', 'budgets']

// What one call asks for, or lets happen, is not for every call of a folder.
const OF_ONE_CALL = [
  ...[
    'prompt',
    'system',
    'keyColumn',
    'attach',
    'inputFormat',
    'delimiter',
    'output',
    'format',
    'job',
    'as',
  ],
  ...[
    'changed',
    'keep',
    'yes',
    'dryRun',
    'countTokens',
    'limit',
    'detach',
    'notify',
    'notifyFormat',
    'once',
  ],
  ...['json', 'clock', 'check'],
]

/**
 * Checks what a config file says. Members that are undefined count as not there.
 *
 * @throws {ConfigError} naming the file and the member: a name that there is not, a value that can't be used, a secret.
 */
export function checkConfig(name: string, config: unknown): ConfigFile {
  if (!isMembers(config)) {
    throw configFault(name, `expected an object of settings, got ${shownValue(config)}.`)
  }
  const said = Object.entries(config).filter(([, value]) => value !== undefined)
  const settings: Partial<Record<SettingName, string>> = {}
  for (const [member, value] of said) {
    if (member === 'queues' || member === 'budgets') continue
    const setting = settingNamed(name, member)
    settings[setting] = readValue(`${name}: ${setting}`, value, SETTING_RULES[setting])
  }
  const queues = config.queues === undefined ? null : readQueues(name, config.queues)
  const budgets = config.budgets === undefined ? null : readBudgets(name, config.budgets)
  return { name, settings, queues, budgets }
}

function settingNamed(file: string, member: string): SettingName {
  const setting = SETTING_NAMES.find((each) => each === member)
  if (setting !== undefined) return setting
  refuseSecretName(file, member)
  const ofOneCall = OF_ONE_CALL.find((each) => each === member)
  if (ofOneCall === undefined) {
    throw unknownName(file, { name: member, what: 'setting', known: KNOWN })
  }
  throw configFault(`${file}: ${member}`, 'is for one command, and not for all of a folder.', {
    nextStep: `Take it out, and type ${flagOf(member)} with the command. Nothing was changed or sent.`,
  })
}
