import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '@halfrate/core'
import { EXIT } from '../exit-code.js'

/** Flags of `emulator` beside its own. */
export interface EmulatorFlags {
  readonly json?: boolean | undefined
}

const STOPS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']

/**
 * Starts the emulator with its own flags, until it is stopped. Its first line of output is JSON: where it is, and its
 * clock.
 *
 * @throws {ConfigError} with `json`, when it refuses to start, which it says itself otherwise; and when something kills it.
 */
export async function emulator(args: readonly string[], flags: EmulatorFlags): Promise<number> {
  const main = fileURLToPath(new URL('./main.js', import.meta.resolve('@halfrate/emulator')))
  const errors = flags.json === true ? 'pipe' : 'inherit'
  const child = spawn(process.execPath, [main, ...args], { stdio: ['inherit', 'inherit', errors] })
  let refusal = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    refusal += text
  })
  // A terminal sends Ctrl-C to both; whoever stops this process alone stops the emulator with it.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const stop of STOPS) process.on(stop, pass)
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    if (code === EXIT.couldNotWork && refusal !== '') {
      throw new ConfigError(
        refusal.replace(/^halfrate-emulator: /, '').trim(),
        'halfrate emulator --help lists its flags.',
      )
    }
    if (code !== null) return code
    if (signal !== null && STOPS.includes(signal)) return EXIT.interrupted
    throw new ConfigError(
      `the emulator was ended by ${signal}.`,
      'Start it again; what it knew of batches is gone.',
    )
  } finally {
    for (const stop of STOPS) process.off(stop, pass)
  }
}
