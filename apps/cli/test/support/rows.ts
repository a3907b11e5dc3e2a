import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, halfrate, startTestEmulator, type TestEmulator } from './cli.js'
import { temporaryFolder } from './temporary-folder.js'

/** Flags that a run of rows can't do without, the prompt in `triage.txt`. */
export const ROW_FLAGS: readonly string[] = [
  ...['--prompt', 'triage.txt'],
  ...['--model', 'claude-haiku-4-5'],
  ...['--max-tokens', '512'],
]

/** A folder with files in it, and an emulator to run against. */
export interface RowsPlace {
  readonly folder: string
  readonly claude: TestEmulator
  /** Runs an input with {@link ROW_FLAGS}. */
  run(...args: readonly string[]): Promise<Ended>
  write(files: Readonly<Record<string, string | Uint8Array>>): void
}

/** Writes files into a folder of its own and starts an emulator, unless there is one. */
export async function rowsPlace(
  files: Readonly<Record<string, string | Uint8Array>>,
  shared?: TestEmulator,
): Promise<RowsPlace> {
  const folder = temporaryFolder()
  const claude = shared ?? (await startTestEmulator())
  const write = (all: Readonly<Record<string, string | Uint8Array>>): void => {
    for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text)
  }
  write(files)
  return {
    folder,
    claude,
    write,
    run: (...args) => halfrate(['run', ...args, ...ROW_FLAGS, ...claude.flags], { cwd: folder }),
  }
}
