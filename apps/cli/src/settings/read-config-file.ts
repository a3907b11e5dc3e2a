import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkConfig } from './check-config.js'
import { configFault } from './config-fault.js'
import type { ConfigFile } from './config-file.js'
import { configNamesIn } from './config-names.js'
import { loadModule } from './load-module.js'
import { parseJsonConfig } from './parse-json-config.js'
import { refuseKeyIn, refusePasswordIn } from './secrets.js'

/**
 * Reads the config file of a folder; null when it has none. Folders above it are not looked at: a file that nobody has in
 * view shall not say what is sent, and not be run.
 *
 * @throws {ConfigError} when there are two, or it can't be read, run or used.
 */
export async function readConfigFile(folder: string): Promise<ConfigFile | null> {
  const [name, ...others] = await configNamesIn(folder)
  if (name === undefined) return null
  if (others.length > 0) {
    throw configFault(name, `there is ${others.join(' and ')} too, and only one can be meant.`, {
      nextStep: 'Keep one of them in this folder. Nothing was changed or sent.',
    })
  }
  const path = join(folder, name)
  const text = await readText(path, name)
  refuseKeyIn(name, text)
  const config = name.endsWith('.json') ? parseJsonConfig(name, text) : await loadModule(path, name)
  const file = checkConfig(name, config)
  refusePasswordIn(name, text, file.settings.store)
  return file
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isForbidden = code === 'EACCES' || code === 'EPERM'
    const problem = isForbidden ? 'this user may not read it.' : `it can't be read: ${message}.`
    throw configFault(name, problem, {
      nextStep: 'Change its permissions, or take it away. Nothing was changed or sent.',
      cause: error,
    })
  }
}
