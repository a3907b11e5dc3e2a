#!/usr/bin/env node
import { HELP, readArguments } from './cli-options.js'
import { startEmulator } from './http/start-emulator.js'

// Whoever started it may have stopped reading, as `head` does. It serves all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
try {
  const request = readArguments(process.argv.slice(2))
  if (request.type === 'help') process.stdout.write(HELP)
  else {
    const emulator = await startEmulator(request.options)
    // Before the line: whoever reads it may send a signal at once.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void emulator.stop())
    }
    process.stdout.write(`${JSON.stringify(emulator.startLine)}\n`)
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`halfrate-emulator: ${reason}\n`)
  process.exitCode = 1
}
