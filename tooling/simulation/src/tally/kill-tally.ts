import { DISASTERS, type Disaster } from '../killtest/disasters.js'
import type { KillRunReport } from '../killtest/kill-run.js'
import type { KillTestOptions } from '../killtest/options.js'
import { TallyFile, type TallyHead } from './tally-file.js'

/** A run of the kill test that is done. */
export interface KillBlock {
  /** From 1. */
  readonly run: number
  readonly report: KillRunReport
  /** How long it took, in whole milliseconds. */
  readonly ms: number
}

/** What runs of the kill test came to together. */
export interface KillSums {
  runs: number
  starts: number
  billedTwice: number
  lost: number
  problems: number
  readonly struck: Record<Disaster, number>
  /** Whole milliseconds. */
  ms: number
}

/** Sums of nothing. */
export function noKillSums(): KillSums {
  const struck = Object.fromEntries(DISASTERS.map((name) => [name, 0])) as KillSums['struck']
  return { runs: 0, starts: 0, billedTwice: 0, lost: 0, problems: 0, struck, ms: 0 }
}

/** Adds what one run came to. */
export function addKillBlock(sums: KillSums, { report, ms }: Omit<KillBlock, 'run'>): void {
  sums.runs += 1
  sums.ms += ms
  sums.starts += report.starts
  sums.billedTwice += report.billedTwice
  sums.lost += report.lost
  sums.problems += report.problems.length
  for (const name of DISASTERS) sums.struck[name] += report.struck[name] ?? 0
}

/** Sums up runs; one that two processes have done counts as the first of them found it. */
export function killSumsOf(blocks: readonly KillBlock[]): KillSums {
  const sums = noKillSums()
  const known = new Set<number>()
  for (const block of blocks) {
    if (!known.has(block.run)) addKillBlock(sums, block)
    known.add(block.run)
  }
  return sums
}

/**
 * Opens the file that runs are summed up in.
 *
 * @throws {ConfigError} when it is of another commit, or its runs are other ones.
 */
export function openKillTally(
  path: string,
  options: Pick<KillTestOptions, 'storeKind' | 'workers' | 'seed'>,
  commit: string,
): TallyFile<KillBlock> {
  const { storeKind: store, workers, seed } = options
  const flags = { store, workers, seed }
  return TallyFile.open(path, { tally: 'killtest', commit, flags })
}

/**
 * Sums up what a file holds, and says what it holds them of.
 *
 * @throws {ConfigError} when it holds no sums of the kill test.
 */
export function readKillTally(path: string): {
  readonly head: TallyHead
  readonly sums: KillSums
  readonly blocks: readonly KillBlock[]
} {
  const { head, blocks } = TallyFile.read<KillBlock>(path, 'killtest')
  return { head, blocks, sums: killSumsOf(blocks) }
}
