import type { CommandOptions } from '../command/options.js'
import { addSums, noSums, type SeedSums } from '../jobs/seed-sums.js'
import type { Regression } from '../regressions/regressions.js'
import { distinctRanges, type SeedRange } from './seed-range.js'
import { TallyFile, type TallyHead } from './tally-file.js'

/** Seeds of the simulator that are done. */
export interface SeedBlock extends SeedRange {
  readonly sums: SeedSums
  /** Those of them that failed, as small as they were made; the first of each process, if there are many. */
  readonly failures: readonly Regression[]
  /** How long the command ran for it, in whole milliseconds. */
  readonly ms: number
}

/** What a file says about seeds, summed up. */
export interface SimulationTally {
  readonly head: TallyHead
  readonly sums: SeedSums
  readonly failures: readonly Regression[]
  readonly ms: number
}

/**
 * Opens the file that seeds are summed up in.
 *
 * @throws {ConfigError} when it is of another commit, or its seeds are other ones.
 */
export function openSimulationTally(
  path: string,
  options: Pick<CommandOptions, 'storeKind' | 'from' | 'plant' | 'without'>,
  commit: string,
): TallyFile<SeedBlock> {
  const { storeKind: store, from: seed, plant, without } = options
  const flags = { store, seed, plant, without: without.length === 0 ? null : without.join(',') }
  return TallyFile.open(path, { tally: 'simulate', commit, flags })
}

/**
 * Sums up what a file holds.
 *
 * @throws {ConfigError} when it holds no sums of seeds, or counts one twice.
 */
export function readSimulationTally(path: string): SimulationTally {
  const { head, blocks } = TallyFile.read<SeedBlock>(path, 'simulate')
  const sums = noSums()
  const failures: Regression[] = []
  let ms = 0
  for (const block of distinctRanges(blocks)) {
    addSums(sums, block.sums)
    failures.push(...block.failures)
    ms += block.ms
  }
  return { head, sums, failures, ms }
}
