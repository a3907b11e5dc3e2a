import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A path for a store in a folder of its own, which goes with the test. */
export function temporaryPath(name = 'halfrate.db'): string {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, name)
}
