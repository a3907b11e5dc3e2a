import { PLANTS } from '../plants/all-plants.js'
import type { Plant } from '../plants/plant.js'
import { realMs } from '../real-time.js'
import { runSeed, type SeedReport } from '../run-seed.js'

/** The first seed that finds a planted bug within the seeds that it is given; null when none does. */
export async function findPlant(plant: Plant): Promise<SeedReport | null> {
  for (let seed = 1; seed <= plant.within; seed += 1) {
    const report = await runSeed({ seed, storeKind: 'memory', plant })
    if (report.violations.length > 0) return report
  }
  return null
}

/** Puts every bug in, one after another. Answers whether each was found in time. */
export async function runPlants(print: (line: string) => void): Promise<boolean> {
  const startedMs = realMs()
  let caught = 0
  for (const plant of PLANTS) {
    const report = await findPlant(plant)
    const [violation] = report?.violations ?? []
    if (report === null) print(`${plant.name}: not found within ${plant.within} seeds`)
    else {
      caught += 1
      print(`${plant.name}: found by seed ${report.seed} of ${plant.within}, ${violation?.message}`)
    }
  }
  print(`plants=${PLANTS.length} caught=${caught} ms=${Math.round(realMs() - startedMs)}`)
  return caught === PLANTS.length
}
