import { networkEnvironment, runCommand } from '../command.js'

/** What `npm` must be told in an empty home, so that it installs from where this machine does. */
export async function npmSettings(root: string): Promise<Readonly<Record<string, string>>> {
  const get = async (name: string): Promise<string> => {
    const { stdout } = await runCommand(['npm', 'config', 'get', name], { cwd: root })
    return stdout.trim()
  }
  return {
    ...networkEnvironment(),
    npm_config_registry: await get('registry'),
    npm_config_cache: await get('cache'),
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
  }
}
