import { HalfrateError } from '@halfrate/core'
import { parseOptions } from './command/options.js'
import { runPlants } from './command/run-plants.js'
import { runSeeds } from './command/run-seeds.js'
import { runSweep } from './command/run-sweep.js'

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

try {
  const options = parseOptions(process.argv.slice(2))
  const run = { seeds: runSeeds, plants: () => runPlants(print), sweep: runSweep }[options.mode]
  process.exitCode = (await run(options, print)) ? 0 : 1
} catch (error) {
  if (!(error instanceof HalfrateError)) throw error
  process.stderr.write(`${error.message} ${error.nextStep}\n`)
  process.exitCode = 1
}
