import { SETTING_NAMES, type SettingName } from './setting-name.js'

/** Who says what a setting is, the strongest first. */
export type SettingOrigin = 'flag' | 'environment' | 'file' | 'default'

/** What a setting is, and who says so. */
export interface SettledSetting {
  readonly name: SettingName
  /** As its flag takes it; null where nobody says anything and the default is none. */
  readonly value: string | null
  readonly from: SettingOrigin
}

/** Settings as somebody gives them, each as its flag takes it. */
export type GivenSettings = Readonly<Partial<Record<SettingName, string | undefined>>>

/** All who say something of settings. */
export interface SettingSources {
  readonly flags: GivenSettings
  readonly environment: GivenSettings
  readonly file: GivenSettings
  readonly defaults: GivenSettings
}

/** Decides who is heard: flags before the environment, the environment before the file, the file before the defaults. */
export function settle(sources: SettingSources): readonly SettledSetting[] {
  const ranked = [
    ['flag', sources.flags],
    ['environment', sources.environment],
    ['file', sources.file],
    ['default', sources.defaults],
  ] as const
  return SETTING_NAMES.map((name) => {
    const heard = ranked.find(([, given]) => given[name] !== undefined)
    return { name, value: heard?.[1][name] ?? null, from: heard?.[0] ?? 'default' }
  })
}
