import { delimiter } from 'node:path'
import { environment, networkEnvironment, runCommand, systemPath } from '../command.js'
import { PackError } from '../pack-error.js'

/**
 * What `npm` must be told in an empty home and under another Node, so that it installs from where this machine does.
 *
 * npm looks for its own settings (a registry, a proxy, the certificates to trust) in the home, and beside the Node that
 * runs it. Both are others in the project, so they are named here.
 *
 * @throws {PackError} when npm doesn't say them.
 */
export async function npmSettings(root: string): Promise<Readonly<Record<string, string>>> {
  // Asked of the machine's own npm on the machine's own Node: under ours it would look beside ours.
  const env = { ...environment(), PATH: systemPath().join(delimiter) }
  const names = ['globalconfig', 'userconfig', 'registry', 'cache']
  const { code, stdout, stderr } = await runCommand(['npm', 'config', 'get', ...names], {
    cwd: root,
    env,
  })
  if (code !== 0) throw new PackError(`npm doesn't tell its settings:\n${stderr}`)
  const own = [...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [
    `npm_config_${name}`,
    value ?? '',
  ])
  return {
    ...networkEnvironment(),
    ...Object.fromEntries(own),
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    // A machine may let conflicts between packages pass; others do not.
    npm_config_legacy_peer_deps: 'false',
  }
}
