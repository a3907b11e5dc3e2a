import { HalfrateError } from '@halfrate/core'

const OLDEST = { major: 22, minor: 18 }

/**
 * Passes on a Node that can load the database driver. On an older one loading it ends the process without a word, so
 * this is asked before.
 *
 * @throws {HalfrateError} `unsupported_node` on any other.
 */
export function checkNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return
  throw new HalfrateError(
    'unsupported_node',
    `Node ${version} is too old for the SQLite store; it needs ${OLDEST.major}.${OLDEST.minor} or newer.`,
    'Install a newer Node and run the same command again.',
  )
}
