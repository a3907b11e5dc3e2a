import { HalfrateError } from '@halfrate/core'
import { fairTest } from './fair-test.js'
import { killLoop } from './kill-loop.js'
import { type KillTestOptions, parseKillTestOptions } from './options.js'
import { printKillTally } from './print-kill-tally.js'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

async function start(options: KillTestOptions): Promise<boolean> {
  const { submissions, tally, isOnlyTold } = options
  if (tally !== null && isOnlyTold) return printKillTally(tally, print)
  return submissions === null
    ? await killLoop(options, print)
    : await fairTest({ ...options, submissions }, print)
}

try {
  const options = parseKillTestOptions(process.argv.slice(2))
  const went = await start(options)
  process.exitCode = went ? 0 : 1
} catch (error) {
  if (!(error instanceof HalfrateError)) throw error
  process.stderr.write(`${error.message} ${error.nextStep}\n`)
  process.exitCode = 1
}
