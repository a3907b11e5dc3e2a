import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand, systemPath } from '../command.js'
import { nodeFromNpm } from './node-from-npm.js'

const LAST_OLD = '20.20.2'

/** A Node that is too old for Halfrate. */
export interface OldNode {
  /** Absolute path of the folder that it is in. */
  readonly bin: string
  /** Such as `20.20.2`. */
  readonly version: string
}

/**
 * Finds a Node older than 22.18: the machine's own where it is one, else one from the package registry.
 *
 * @param npm of {@link npmSettings}.
 */
export async function oldNode(
  root: string,
  npm: Readonly<Record<string, string>>,
): Promise<OldNode> {
  for (const bin of systemPath()) {
    if (!existsSync(join(bin, 'node'))) continue
    const { stdout } = await runCommand([join(bin, 'node'), '--version'], { cwd: root })
    const version = stdout.trim().slice(1)
    if (isTooOld(version)) return { bin, version }
  }
  return { bin: await nodeFromNpm(root, LAST_OLD, npm), version: LAST_OLD }
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 0 && (major < 22 || (major === 22 && minor < 18))
}
