import type { Command } from 'commander'
import { type Environment, readEnvironment } from '../config.js'
import type { ConfigFile } from './config-file.js'
import { readConfigFile } from './read-config-file.js'
import { settingsTakenBy } from './setting-name.js'
import { SETTING_DEFAULTS } from './setting-rules.js'
import { type GivenSettings, type SettledSetting, settle } from './settle.js'

/** What a command finds beside its flags. */
export interface CommandSettings {
  /** The config file of the folder; null when there is none. */
  readonly file: ConfigFile | null
  /** Every setting, and who says so, the flags of this command among them. */
  readonly settled: readonly SettledSetting[]
}

/**
 * Reads the config file of this folder and fills in what it says.
 *
 * @throws {ConfigError} when there is one that can't be used.
 */
export async function readSettings(command: Command): Promise<void> {
  fillIn(command, await readConfigFile(process.cwd()), readEnvironment())
}

/**
 * Fills in what the file says for flags that nobody typed and no variable answers. The command then reads them as if
 * they had been typed, and finds under `settings` who said what.
 */
export function fillIn(
  command: Command,
  file: ConfigFile | null,
  environment: Pick<Environment, 'baseUrl'>,
): void {
  const flags: Record<string, string> = {}
  for (const name of settingsTakenBy(command.name())) {
    if (command.getOptionValueSource(name) === 'cli') flags[name] = command.getOptionValue(name)
  }
  const settled = settle({
    flags: flags as GivenSettings,
    environment: { baseUrl: environment.baseUrl ?? undefined },
    file: file?.settings ?? {},
    defaults: SETTING_DEFAULTS,
  })
  const has = new Set(command.options.map((option) => option.attributeName()))
  for (const name of settingsTakenBy(command.name())) {
    const setting = settled.find((each) => each.name === name)
    if (setting?.from !== 'file' || !has.has(name)) continue
    command.setOptionValueWithSource(name, setting.value, 'config')
  }
  command.setOptionValue('settings', { file, settled } satisfies CommandSettings)
}
