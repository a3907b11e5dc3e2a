import type { ConfigError } from '@halfrate/core'
import { isPostgresUrl, storeText } from '@halfrate/runtime'
import { configFault } from './config-fault.js'

// As `apiKey`, `ANTHROPIC_API_KEY`, `auth-token`.
const SECRET_NAME = /^(?:anthropic)?(?:apikey|key|authtoken|token|secret|password)$/
const KEY = /\bsk-ant-[A-Za-z0-9_-]{6,}/

/**
 * Refuses a member that is named as a key is, wherever its value comes from.
 *
 * @throws {ConfigError} which does not show the value.
 */
export function refuseSecretName(file: string, member: string): void {
  const bare = member.toLowerCase().replace(/[^a-z]/g, '')
  if (SECRET_NAME.test(bare)) throw keyFault(`${file}: ${member}`)
}

/**
 * Refuses the text of a file that has a key in it, before anything of it is read or run.
 *
 * @throws {ConfigError} with its line, and not with the key.
 */
export function refuseKeyIn(file: string, text: string): void {
  const found = KEY.exec(text)
  if (found === null) return
  throw keyFault(`${file}:${text.slice(0, found.index).split('\n').length}`)
}

function keyFault(place: string): ConfigError {
  return configFault(place, 'a key does not belong into a file, which is copied and shared.', {
    nextStep:
      'Take it out, and set ANTHROPIC_API_KEY in the environment; a key that others have seen is to be replaced. Nothing was sent.',
  })
}

/**
 * Refuses a password in the URL of a store that stands in the file. One that a program puts there from elsewhere may be.
 *
 * @throws {ConfigError} which does not show it.
 */
export function refusePasswordIn(file: string, text: string, store: string | undefined): void {
  if (store === undefined || !isPostgresUrl(store) || !URL.canParse(store)) return
  const isHere = file.endsWith('.json') || text.includes(store)
  if (!isHere || storeText(store) === new URL(store).href) return
  throw configFault(
    `${file}: store`,
    'a password does not belong into a file, which is copied and shared.',
    {
      nextStep: `Write ${storeText(store)}, and leave the password to PGPASSWORD or a .pgpass file. Nothing was sent.`,
    },
  )
}
