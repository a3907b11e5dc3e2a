import type { CommandOptions } from '../command/options.js'
import { plantNamed } from '../plants/find-plant.js'
import type { SeedRange } from '../tally/seed-range.js'
import type { SeedsJob } from './job.js'

// Seeds that a process is given at a time: enough to be worth the way, few enough that all end together.
const AT_ONCE = 20

/**
 * The jobs that run a range of seeds.
 *
 * @throws {ConfigError} when there is no such plant.
 */
export function seedsJobs(
  { from, count }: SeedRange,
  { storeKind, plant, without }: Pick<CommandOptions, 'storeKind' | 'plant' | 'without'>,
): readonly SeedsJob[] {
  if (plant !== null) plantNamed(plant)
  return Array.from({ length: Math.ceil(count / AT_ONCE) }, (_, index) => ({
    type: 'seeds',
    storeKind,
    from: from + index * AT_ONCE,
    count: Math.min(AT_ONCE, count - index * AT_ONCE),
    plant,
    without,
  }))
}
