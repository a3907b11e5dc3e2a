import { runJobs } from '../jobs/run-jobs.js'
import { PLANTS } from '../plants/all-plants.js'
import { plantNamed } from '../plants/find-plant.js'
import { realMs } from '../real-time.js'
import type { CommandOptions } from './options.js'

/** Puts every bug in, each by itself. Answers whether each was found in time. */
export async function runPlants(
  options: CommandOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const startedMs = realMs()
  let caught = 0
  let last = 0
  const jobs = PLANTS.map(({ name }) => ({ type: 'plant', name }) as const)
  await runJobs(jobs, { processes: options.jobs, serverUrl: null }, (result) => {
    if (result.type !== 'plant') return
    const { name, seed, violation } = result
    const { within, about } = plantNamed(name)
    if (seed === null) {
      print(`${name}: not found within ${within} seeds. ${about}`)
      return
    }
    caught += 1
    last = Math.max(last, seed)
    print(`${name}: found by seed ${seed} of ${within}. ${about} ${violation}`)
  })
  const ms = Math.round(realMs() - startedMs)
  print(`plants=${PLANTS.length} caught=${caught} last_seed=${last} ms=${ms}`)
  return caught === PLANTS.length
}
