import { ConfigError, DEFAULT_PROJECT, type Job } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { knownJobs } from './known-jobs.js'

/**
 * Finds a job by its name; without a name, the only one there is.
 *
 * @throws {ConfigError} when there is none of that name, or no name was given and there are several.
 */
export async function findJob(half: Halfrate, name: string | undefined): Promise<Job> {
  const job =
    name === undefined ? null : await half.store.findJob({ project: DEFAULT_PROJECT, name })
  if (job !== null) return job
  const jobs = await knownJobs(half.store)
  const only = jobs[0]
  if (name === undefined && jobs.length === 1 && only !== undefined) return only
  throw new ConfigError(
    name === undefined ? '--job: expected the name of a job.' : `there is no job "${name}".`,
    jobs.length === 0
      ? 'This store has no jobs; halfrate run makes one.'
      : `Jobs of this store: ${jobs.map((each) => each.name).join(', ')}.`,
  )
}
