import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '@halfrate/core'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

// Failed seeds are added to it while others still run, and it decides about none of them.
const FREE = ':!tooling/simulation/regressions.json'

/**
 * The commit that a working tree (default: ours) holds without a change, so that figures can be quoted with it.
 *
 * @throws {ConfigError} when a file that Git knows was changed, or there is no repository.
 */
export function cleanCommit(folder: string = ROOT): string {
  const commit = git(folder, ['rev-parse', 'HEAD']).trim()
  const changed = git(folder, ['status', '--porcelain', '--untracked-files=no', '--', '.', FREE])
  if (changed === '') return commit
  throw new ConfigError(
    `--tally: sums are of one commit, and files differ from ${commit}:\n${changed}`,
    'Commit or undo the changes.',
  )
}

function git(folder: string, args: readonly string[]): string {
  try {
    return execFileSync('git', [...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(
      `--tally: sums are of one commit, and Git can't tell which: ${said}`,
      'Run it in a clone.',
      { cause },
    )
  }
}
