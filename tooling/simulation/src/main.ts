import { HalfrateError } from '@halfrate/core'
import { type CommandOptions, parseOptions } from './command/options.js'
import { printTally } from './command/print-tally.js'
import { runPlants } from './command/run-plants.js'
import { runRegressions } from './command/run-regressions.js'
import { runSeeds } from './command/run-seeds.js'
import { runSweep } from './command/run-sweep.js'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const COMMANDS: Readonly<
  Record<CommandOptions['mode'], (options: CommandOptions, out: typeof print) => Promise<boolean>>
> = {
  seeds: runSeeds,
  plants: runPlants,
  sweep: runSweep,
  regressions: runRegressions,
  tally: async ({ tally }, out) => printTally(tally ?? '', out),
}

try {
  const options = parseOptions(process.argv.slice(2))
  process.exitCode = (await COMMANDS[options.mode](options, print)) ? 0 : 1
} catch (error) {
  if (!(error instanceof HalfrateError)) throw error
  process.stderr.write(`${error.message} ${error.nextStep}\n`)
  process.exitCode = 1
}
