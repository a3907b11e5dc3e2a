import { ConfigError } from '@halfrate/core'
import { runSeed, type SeedReport } from '../run-seed.js'
import { turn } from '../time/event-loop.js'
import { PLANTS } from './all-plants.js'
import type { Plant } from './plant.js'

/** The first seed that finds a planted bug within the seeds that it is given; null when none does. */
export async function findPlant(plant: Plant): Promise<SeedReport | null> {
  for (let seed = 1; seed <= plant.within; seed += 1) {
    await turn()
    const report = await runSeed({ seed, storeKind: 'memory', plant })
    if (report.violations.length > 0) return report
  }
  return null
}

/**
 * The plant of a name.
 *
 * @throws {ConfigError} when there is none.
 */
export function plantNamed(name: string): Plant {
  const plant = PLANTS.find((each) => each.name === name)
  if (plant !== undefined) return plant
  const names = PLANTS.map((each) => each.name).join(', ')
  throw new ConfigError(`--plant: there is no ${JSON.stringify(name)}.`, `Use one of ${names}.`)
}
