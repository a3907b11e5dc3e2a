import { failureText } from '../command/failure-text.js'
import { findPlant, plantNamed } from '../plants/find-plant.js'
import { runSeed } from '../run-seed.js'
import { type Shrunk, shrinkSeed } from '../shrink/shrink-seed.js'
import type { OpenStore, StoreKind } from '../store/open-store.js'
import { type SweepFailure, type SweepFault, sweepFaults } from '../sweep/sweep-all.js'
import { turn } from '../time/event-loop.js'
import { addReport, noSums, type SeedSums } from './seed-sums.js'

/** Seeds that are run one after another. */
export interface SeedsJob {
  readonly type: 'seeds'
  readonly storeKind: StoreKind
  readonly from: number
  readonly count: number
  readonly plant: string | null
  readonly without: readonly string[]
}

/** A planted bug that is looked for. */
export interface PlantJob {
  readonly type: 'plant'
  readonly name: string
}

/** Runs of the sweep. */
export interface SweepJob {
  readonly type: 'sweep'
  readonly storeKind: StoreKind
  /** What goes wrong in each run. */
  readonly runs: readonly (readonly SweepFault[])[]
}

/** Work that a process of its own can do. */
export type Job = SeedsJob | PlantJob | SweepJob

/** A seed that failed, as small as it could be made. */
export interface SeedFailure extends Shrunk {
  readonly seed: number
  readonly storeKind: StoreKind
  readonly text: string
}

/** What a job came to. */
export type JobResult =
  | {
      readonly type: 'seeds'
      /** The first of them. */
      readonly from: number
      readonly sums: SeedSums
      readonly failures: readonly SeedFailure[]
    }
  | {
      readonly type: 'plant'
      readonly name: string
      /** The seed that found it; null when none of those that it names did. */
      readonly seed: number | null
      readonly violation: string | null
    }
  | { readonly type: 'sweep'; readonly runs: number; readonly failures: readonly SweepFailure[] }

// A bug that breaks every seed need not be told a thousand times.
const MOST_TOLD = 3

/** Does a job, in this process. */
export async function doJob(job: Job, openStore: OpenStore): Promise<JobResult> {
  switch (job.type) {
    case 'seeds':
      return await runSeeds(job, openStore)
    case 'plant': {
      const report = await findPlant(plantNamed(job.name))
      const [first] = report?.violations ?? []
      const violation = first === undefined ? null : `${first.invariant}: ${first.message}`
      return { type: 'plant', name: job.name, seed: report?.seed ?? null, violation }
    }
    case 'sweep': {
      const failures = await sweepFaults({ storeKind: job.storeKind, openStore }, job.runs)
      return { type: 'sweep', runs: job.runs.length, failures }
    }
  }
}

async function runSeeds(job: SeedsJob, openStore: OpenStore): Promise<JobResult> {
  const { storeKind, from, count, without } = job
  const plant = job.plant === null ? null : plantNamed(job.plant)
  const sums = noSums()
  const failures: SeedFailure[] = []
  for (let seed = from; seed < from + count; seed += 1) {
    const options = { seed, storeKind, openStore, plant, without }
    await turn()
    const report = await runSeed(options)
    addReport(sums, report)
    if (report.violations.length === 0 || failures.length >= MOST_TOLD) continue
    const shrunk = await shrinkSeed(options, report)
    const text = failureText(shrunk.report, { plant: job.plant, without: shrunk.without })
    failures.push({ seed, storeKind, text, without: shrunk.without, found: shrunk.found })
  }
  return { type: 'seeds', from, sums, failures }
}
