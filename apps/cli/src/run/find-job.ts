import { ConfigError, DEFAULT_PROJECT, type Job } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { commandText } from '../screen/command-text.js'
import { knownJobs } from './known-jobs.js'

/**
 * Finds a job by its name; without a name, the only one there is.
 *
 * @param storeFlag leads a command that is shown to the same store.
 * @throws {ConfigError} when there is none of that name, or no name was given and there are several.
 */
export async function findJob(
  half: Halfrate,
  name: string | undefined,
  storeFlag: string,
): Promise<Job> {
  const job =
    name === undefined ? null : await half.store.findJob({ project: DEFAULT_PROJECT, name })
  if (job !== null) return job
  const jobs = await knownJobs(half.store)
  const only = jobs[0]
  if (name === undefined && jobs.length === 1 && only !== undefined) return only
  throw new ConfigError(
    name === undefined ? '--job: expected the name of a job.' : `there is no job "${name}".`,
    jobs.length === 0
      ? `This store has no jobs; ${commandText('run FILE -o OUT', storeFlag)} makes one.`
      : `Jobs of this store: ${jobs.map((each) => each.name).join(', ')}.`,
  )
}
