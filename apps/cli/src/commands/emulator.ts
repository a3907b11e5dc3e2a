import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { EXIT } from '../exit-code.js'

/**
 * Starts the emulator with its own flags, until it is stopped. Its first line of output is JSON: where it is, and its
 * clock.
 */
export async function emulator(args: readonly string[]): Promise<number> {
  const main = fileURLToPath(new URL('./main.js', import.meta.resolve('@halfrate/emulator')))
  const child = spawn(process.execPath, [main, ...args], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both; whoever stops this process alone stops the emulator with it.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGTERM', pass)
  process.on('SIGINT', pass)
  try {
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? EXIT.interrupted
  } finally {
    process.off('SIGTERM', pass)
    process.off('SIGINT', pass)
  }
}
