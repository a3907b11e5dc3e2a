#!/usr/bin/env node
// Nothing is imported before this check: native code that is newer than Node ends the process without a word.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `halfrate needs Node 22.18 or newer; this is Node ${process.versions.node}. Get it from https://nodejs.org.\n`,
  )
  process.exitCode = 1
} else {
  const { setFlagsFromString } = await import('node:v8')
  // V8 lets the space of young objects grow to tens of megabytes when much is made and soon let go of, which is what this
  // program does all the time. Memory shall stay flat: taking in a million rows peaks about 80 MB lower like this, for
  // about a seventh more processor time.
  setFlagsFromString('--semi-space-growth-factor=1')
  const { ignoreClosedPipes } = await import('./terminal/ignore-closed-pipes.js')
  ignoreClosedPipes([process.stdout, process.stderr])
  const { main } = await import('./program.js')
  process.exitCode = await main(process.argv.slice(2))
}
