import { ConfigError } from '@halfrate/core'
import { PLANTS } from '../plants/all-plants.js'
import type { Plant } from '../plants/plant.js'
import { realMs } from '../real-time.js'
import { runSeed } from '../run-seed.js'
import { failureText } from './failure-text.js'
import type { CommandOptions } from './options.js'

// A bug that breaks every seed need not be told a thousand times.
const MOST_TOLD = 5

/** Runs seeds one after another. Answers whether none found a violation. */
export async function runSeeds(
  options: CommandOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const plant = plantOf(options.plant)
  const startedMs = realMs()
  const sums = { steps: 0, faults: 0, crashes: 0, within: 0, beyond: 0, lost: 0, bad: 0 }
  for (let seed = options.from; seed < options.from + options.count; seed += 1) {
    const onTrace = options.trace ? print : undefined
    const report = await runSeed({ seed, storeKind: options.storeKind, plant, onTrace })
    sums.steps += report.steps
    sums.faults += report.faults
    sums.crashes += report.crashes
    sums.lost += report.lost
    if (report.isWithin) sums.within += report.duplicates
    else sums.beyond += report.duplicates
    if (report.violations.length === 0) continue
    sums.bad += 1
    if (sums.bad <= MOST_TOLD) print(failureText(report, options.plant))
  }
  const ms = Math.round(realMs() - startedMs)
  print(
    `seeds=${options.count} store=${options.storeKind} steps=${sums.steps} faults=${sums.faults} crashes=${sums.crashes} duplicates_within=${sums.within} duplicates_beyond=${sums.beyond} lost=${sums.lost} violations=${sums.bad} ms=${ms}`,
  )
  return sums.bad === 0
}

function plantOf(name: string | null): Plant | null {
  if (name === null) return null
  const plant = PLANTS.find((each) => each.name === name)
  if (plant !== undefined) return plant
  const names = PLANTS.map((each) => each.name).join(', ')
  throw new ConfigError(`--plant: there is no ${JSON.stringify(name)}.`, `Use one of ${names}.`)
}
