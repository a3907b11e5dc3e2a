import type { StoreKind } from '../store/open-store.js'
import { readSimulationTally } from '../tally/simulation-tally.js'
import { replayLine } from './failure-text.js'
import { reportLines } from './report-lines.js'

const MOST_TOLD = 5

/**
 * Prints what a file of sums holds. Answers whether none of its seeds found a violation.
 *
 * @throws {ConfigError} when there is no such file, or it holds no sums of seeds.
 */
export function printTally(path: string, print: (line: string) => void): boolean {
  const { head, sums, failures, ms } = readSimulationTally(path)
  const { store, plant: planted } = head.flags
  const storeKind = store as StoreKind
  const plant = planted == null ? null : String(planted)
  for (const { seed, found, without } of failures.slice(0, MOST_TOLD)) {
    print(`seed ${seed}: ${found}\n${replayLine({ seed, storeKind, plant, without })}`)
  }
  const { commit } = head
  for (const line of reportLines(sums, { storeKind, ms, commit })) print(line)
  return sums.failed === 0
}
