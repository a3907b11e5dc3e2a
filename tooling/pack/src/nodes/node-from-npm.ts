import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { environment, runCommand } from '../command.js'
import { PackError } from '../pack-error.js'

/**
 * Brings a Node of an exact version from the package registry, once, and keeps it under `node_modules` of the workspace.
 *
 * The packages bear the builds of nodejs.org; npm checks their hashes.
 *
 * @param npm of {@link npmSettings}.
 * @returns the absolute path of the folder that its `node` is in.
 * @throws {PackError} when there is none for this machine, or it can't be had.
 */
export async function nodeFromNpm(
  root: string,
  version: string,
  npm: Readonly<Record<string, string>>,
): Promise<string> {
  if (process.versions.node === version) return dirname(process.execPath)
  const name = `node-${process.platform}-${process.arch}`
  const folder = join(root, 'node_modules/.cache/halfrate-pack', `${name}-${version}`)
  const bin = join(folder, 'node_modules', name, 'bin')
  if (existsSync(join(bin, 'node'))) return bin
  mkdirSync(folder, { recursive: true })
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund']
  const command = ['npm', 'install', '--prefix', folder, ...flags, `${name}@${version}`]
  const { code, stderr } = await runCommand(command, {
    cwd: folder,
    env: { ...environment(), ...npm },
  })
  if (code !== 0) throw new PackError(`Node ${version} can't be had as ${name}:\n${stderr}`)
  return bin
}
