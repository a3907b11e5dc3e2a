import { ConfigError } from '@halfrate/core'
import { PROVIDER_URL, parseBaseUrl } from '@halfrate/runtime'
import { DEFAULT_STORE } from '../commands/options.js'
import { costCap, dollars, oneOf, wholeNumber } from '../flags/parse-flag.js'
import { ACCEPTED } from '../flags/queue-policy-flags.js'
import { graceFlag } from '../run/grace.js'
import type { ValueRule } from './read-value.js'
import type { SettingName } from './setting-name.js'
import type { GivenSettings } from './settle.js'

const MOST_TOKENS = 1_000_000
const MOST_REQUESTS = 100_000

/** How each setting stands in a file. */
export const SETTING_RULES: Readonly<Record<SettingName, ValueRule>> = {
  store: { kind: 'text', reader: (name) => something(name, 'the name of a file or a URL') },
  baseUrl: { kind: 'text', reader: (name) => (text) => parseBaseUrl(text, name) },
  model: { kind: 'text', reader: (name) => something(name, 'the name of a model') },
  maxTokens: { kind: 'number', reader: (name) => wholeNumber(name, 1, MOST_TOKENS) },
  confirmAbove: { kind: 'dollars', reader: dollars },
  maxCost: { kind: 'dollars', reader: costCap },
  prices: { kind: 'text', reader: (name) => something(name, 'the name of a price file') },
  batchSize: { kind: 'number', reader: (name) => wholeNumber(name, 1, MOST_REQUESTS) },
  accept: { kind: 'words', words: ACCEPTED },
  keyTails: { kind: 'switch' },
  onLostAnswer: { kind: 'text', reader: (name) => oneOf(name, ['resend', 'wait', 'ask']) },
  afterAbsence: { kind: 'text', reader: (name) => oneOf(name, ['send', 'wait']) },
  grace: { kind: 'span', reader: (name) => (text) => graceFlag(text, name) },
}

/** What settings are when nobody says anything; those that are not here are left to the store, or have none. */
export const SETTING_DEFAULTS: GivenSettings = {
  store: DEFAULT_STORE,
  baseUrl: PROVIDER_URL,
  confirmAbove: '10',
  afterAbsence: 'send',
  grace: '60s',
}

function something(name: string, what: string): (text: string) => string {
  return (text) => {
    if (text.trim() !== '') return text
    throw new ConfigError(`${name}: expected ${what}, got nothing.`, 'Correct it.')
  }
}
