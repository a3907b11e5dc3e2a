import { startEmulator } from '@halfrate/emulator'

// The demo's own child: an emulator that ends with its parent, however that ends, because its standard input then does.
const emulator = await startEmulator({
  clock: { factor: Number(process.argv[2]) },
  seed: 7,
  faults: 'demo',
})
process.stdout.write(`${JSON.stringify(emulator.startLine)}\n`)
// Ctrl-C reaches both; the demo needs its emulator until it has stopped in order.
process.on('SIGINT', () => undefined)
process.stdin.once('end', () => void emulator.stop()).resume()
