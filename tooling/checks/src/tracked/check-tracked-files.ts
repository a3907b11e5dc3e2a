import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Step } from '../step.js'
import { bannedText } from './tracked-text.js'

/** The check that no tracked file tells where it was written, or leaves work undone in words. */
export const checkTrackedFiles: Step = {
  name: 'texts',
  async run(root) {
    const paths = trackedPaths(root)
    const found = paths.flatMap((path) => findingsIn(root, path))
    return {
      // Git lists at least this program; nothing means that it listed nothing.
      isOk: found.length === 0 && paths.length > 0,
      note: `${paths.length} tracked files`,
      output: found.join('\n'),
    }
  },
}

// Fixtures are recorded or wrong on purpose, and a file may be deleted and not yet committed.
function trackedPaths(root: string): readonly string[] {
  return execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !/(^|\/)fixtures\//.test(path))
    .filter((path) => existsSync(join(root, path)))
}

function findingsIn(root: string, path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8')
  if (text.includes('\0')) return []
  return bannedText(path, text).map(({ line, reason }) => `${path}:${line}  ${reason}`)
}
