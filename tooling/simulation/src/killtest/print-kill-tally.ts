import { readKillTally } from '../tally/kill-tally.js'
import { killReportLines } from './kill-report.js'

/**
 * Prints what a file of sums holds. Answers whether nothing was lost, doubled or wrong.
 *
 * @throws {ConfigError} when there is no such file, or it holds no sums of the kill test.
 */
export function printKillTally(path: string, print: (line: string) => void): boolean {
  const { head, blocks, sums } = readKillTally(path)
  for (const { run, report } of blocks) {
    for (const problem of report.problems) print(`run ${run}: ${problem}`)
  }
  const { store, workers, seed } = head.flags
  const params = {
    kills: sums.struck.kill,
    storeKind: String(store),
    workers: Number(workers),
    seed: Number(seed),
    commit: head.commit,
  }
  for (const line of killReportLines(params, sums)) print(line)
  return sums.billedTwice + sums.lost + sums.problems === 0
}
