import { join } from 'node:path'
import { runCommand } from '../command.js'
import type { Finding } from '../report.js'
import { contentsFaults } from './contents-faults.js'
import { readPacked, type Tarball } from './tarball.js'

/** Looks at the files and the manifest in a tarball. */
export async function lookAtContents(tarball: Tarball): Promise<Finding> {
  const { manifest, files, bytes, unpackedBytes } = tarball
  return {
    note: `${kilobytes(bytes)} packed, ${kilobytes(unpackedBytes)} in ${files.length} files`,
    faults: contentsFaults({ manifest, files, read: (file) => readPacked(tarball, file) }),
  }
}

/**
 * Looks at a tarball with publint (what npm users will meet) and are-the-types-wrong (what their compilers will find).
 *
 * The packages are modules of ECMAScript only, so how CommonJS and resolution before `exports` see them is left out.
 */
export async function lookWithTools(root: string, { path }: Tarball): Promise<Finding> {
  const bin = (folder: string, tool: string): string =>
    join(root, folder, 'node_modules/.bin', tool)
  const commands = [
    [bin('.', 'publint'), 'run', path, '--strict'],
    [bin('tooling/pack', 'attw'), path, '--profile', 'esm-only', '--no-color', '--no-emoji'],
  ]
  const faults: string[] = []
  const results = await Promise.all(commands.map((command) => runCommand(command, { cwd: root })))
  for (const { code, stdout, stderr } of results) {
    if (code !== 0) faults.push(`${stdout}${stderr}`)
  }
  return { note: 'publint, are-the-types-wrong', faults }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1_000)} kB`
}
