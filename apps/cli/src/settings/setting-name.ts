/** A setting of the commands of a folder: a flag that a config file may give, under its name there. */
export type SettingName =
  | 'store'
  | 'baseUrl'
  | 'model'
  | 'maxTokens'
  | 'confirmAbove'
  | 'maxCost'
  | 'prices'
  | 'batchSize'
  | 'accept'
  | 'keyTails'
  | 'onLostAnswer'
  | 'afterAbsence'
  | 'grace'

/** Every one of them, in the order in which they are told. */
export const SETTING_NAMES: readonly SettingName[] = [
  'store',
  'baseUrl',
  'model',
  'maxTokens',
  'confirmAbove',
  'maxCost',
  'prices',
  'batchSize',
  'accept',
  'keyTails',
  'onLostAnswer',
  'afterAbsence',
  'grace',
]

// Where two commands have a flag of one name, only these mean what the file means.
const RUN: readonly SettingName[] = SETTING_NAMES
const WORK: readonly SettingName[] = ['store', 'baseUrl', 'afterAbsence', 'grace']
const OTHERS: readonly SettingName[] = ['store', 'baseUrl']

/** The settings that a command takes from a file, of those that it has a flag for. */
export function settingsTakenBy(command: string): readonly SettingName[] {
  if (command === 'run') return RUN
  return command === 'work' ? WORK : OTHERS
}

/** The flag of a setting: `--max-tokens` of `maxTokens`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
