import type { SeedFailure } from '../jobs/job.js'
import { runJobs } from '../jobs/run-jobs.js'
import { addSums, noSums } from '../jobs/seed-sums.js'
import { seedsJobs } from '../jobs/seeds-jobs.js'
import { plantNamed } from '../plants/find-plant.js'
import { realMs } from '../real-time.js'
import { keepRegressions, regressionOf } from '../regressions/regressions.js'
import { runSeed } from '../run-seed.js'
import { SimulationStores } from '../store/postgres-stores.js'
import { withServer } from '../store/with-server.js'
import { cleanCommit } from '../tally/clean-commit.js'
import type { CommandOptions } from './options.js'
import { reportLines } from './report-lines.js'
import { runTally } from './run-tally.js'

const MOST_TOLD = 5

/** Runs seeds. Answers whether none found a violation. */
export async function runSeeds(
  options: CommandOptions,
  print: (line: string) => void,
): Promise<boolean> {
  return await withServer([options.storeKind], async (serverUrl) => {
    if (options.trace) await traceSeed(options, serverUrl, print)
    return options.tally === null
      ? await runAll(options, serverUrl, print)
      : await runTally(options.tally, options, { serverUrl, print, commit: cleanCommit() })
  })
}

async function runAll(
  options: CommandOptions,
  serverUrl: string | null,
  print: (line: string) => void,
): Promise<boolean> {
  const startedMs = realMs()
  const sums = noSums()
  const failures: SeedFailure[] = []
  const place = { processes: options.jobs, serverUrl }
  await runJobs(seedsJobs(options, options), place, (result) => {
    if (result.type !== 'seeds') return
    addSums(sums, result.sums)
    for (const failure of result.failures) {
      failures.push(failure)
      if (failures.length <= MOST_TOLD) print(failure.text)
    }
  })
  // A planted bug is no regression.
  if (options.keep && options.plant === null)
    print(`regressions_added=${keepRegressions(failures.map(regressionOf))}`)
  const ms = Math.round(realMs() - startedMs)
  for (const line of reportLines(sums, { storeKind: options.storeKind, ms })) print(line)
  return sums.failed === 0
}

async function traceSeed(
  options: CommandOptions,
  serverUrl: string | null,
  print: (line: string) => void,
): Promise<void> {
  await using stores = new SimulationStores(serverUrl, 'simulation_trace')
  const { from: seed, storeKind, without } = options
  const plant = options.plant === null ? null : plantNamed(options.plant)
  await runSeed({ seed, storeKind, openStore: stores.open, without, plant, onTrace: print })
}
