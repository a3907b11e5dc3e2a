import type { SeedFailure } from '../jobs/job.js'
import { runJobs } from '../jobs/run-jobs.js'
import { addSums, noSums } from '../jobs/seed-sums.js'
import { seedsJobs } from '../jobs/seeds-jobs.js'
import { realMs } from '../real-time.js'
import { keepRegressions, regressionOf } from '../regressions/regressions.js'
import type { StoreKind } from '../store/open-store.js'
import { distinctRanges, missingRanges, type SeedRange } from '../tally/seed-range.js'
import { openSimulationTally, type SeedBlock } from '../tally/simulation-tally.js'
import type { CommandOptions } from './options.js'
import { printTally } from './print-tally.js'

// About a minute's work of one process. Whole jobs, so that no process waits for the others at the end of a block.
const BLOCK_SEEDS: Readonly<Record<StoreKind, number>> = { memory: 500, sqlite: 100, postgres: 20 }

/**
 * Runs the seeds that a file has no sums of yet, and adds them to it block by block. Answers whether no block of the file
 * found a violation.
 *
 * @throws {ConfigError} when the file is of another commit, or its seeds are other ones.
 */
export async function runTally(
  path: string,
  options: CommandOptions,
  place: {
    readonly serverUrl: string | null
    readonly print: (line: string) => void
    /** The one that runs. */
    readonly commit: string
  },
): Promise<boolean> {
  const { storeKind, from, count, jobs } = options
  using file = openSimulationTally(path, options, place.commit)
  const ranges = missingRanges({ from, count }, distinctRanges(file.blocks), BLOCK_SEEDS[storeKind])
  const blocks = ranges.map((range) => new OpenBlock(range))
  let left = ranges.reduce((sum, range) => sum + range.count, 0)
  let lastMs = realMs()
  const finish = (block: OpenBlock): void => {
    const now = realMs()
    const done = block.done(Math.round(now - lastMs))
    lastMs = now
    file.append(done)
    if (options.keep && options.plant === null) keepRegressions(done.failures)
    left -= done.count
    for (const { text } of block.failures) place.print(text)
    place.print(
      `seeds ${done.from} to ${done.from + done.count - 1}: violations=${done.sums.failed}, ${left} seeds left`,
    )
  }
  const missing = ranges.flatMap((range) => seedsJobs(range, options))
  await runJobs(missing, { processes: jobs, serverUrl: place.serverUrl }, (result) => {
    if (result.type !== 'seeds') return
    const block = blocks.find((each) => each.has(result.from))
    if (block === undefined) return
    addSums(block.sums, result.sums)
    block.failures.push(...result.failures)
    if (block.sums.seeds === block.count) finish(block)
  })
  return printTally(path, place.print)
}

/** Seeds some of which are done. */
class OpenBlock {
  readonly count: number
  readonly sums = noSums()
  readonly failures: SeedFailure[] = []
  readonly #from: number

  constructor({ from, count }: SeedRange) {
    this.#from = from
    this.count = count
  }

  has(seed: number): boolean {
    return seed >= this.#from && seed < this.#from + this.count
  }

  done(ms: number): SeedBlock {
    const { count, sums } = this
    const failures = this.failures.map(regressionOf)
    return { from: this.#from, count, sums, failures, ms }
  }
}
