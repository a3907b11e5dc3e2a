import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '@halfrate/core'
import { SimulationStores } from '../store/postgres-stores.js'
import { doJob, type Job, type JobResult } from './job.js'

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url))

// A run leaves little behind, and much of it soon: with more room for what is young it is mostly gone before anybody looks
// for it. Threads that look would only take the place of another process.
const MEMORY = ['--max-semi-space-size=64', '--single-threaded-gc']

/** Where jobs are done. */
export interface JobPlace {
  /** Processes at the same time, from 1. */
  readonly processes: number
  /** A server for runs on PostgreSQL; null when there are none. */
  readonly serverUrl: string | null
}

/**
 * Does jobs in so many processes at the same time, in this one if it is 1. Tells of each result as it comes, in any
 * order.
 *
 * @throws {InvariantError} when a process ends before its job does.
 */
export async function runJobs(
  jobs: readonly Job[],
  { processes, serverUrl }: JobPlace,
  onResult: (result: JobResult) => void,
): Promise<void> {
  if (processes <= 1) {
    await using stores = new SimulationStores(serverUrl, 'simulation')
    for (const job of jobs) onResult(await doJob(job, stores.open))
    return
  }
  const queue = [...jobs]
  const children = Array.from({ length: Math.min(processes, jobs.length) }, (_, index) =>
    fork(CHILD, [serverUrl ?? '', `simulation_${index + 1}`], { execArgv: MEMORY }),
  )
  try {
    await Promise.all(
      children.map(async (child) => {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
          onResult(await resultOf(child, job))
        }
      }),
    )
  } finally {
    for (const child of children) child.kill()
  }
}

function resultOf(child: ChildProcess, job: Job): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      reject(new InvariantError(`A process ended with ${code} at ${JSON.stringify(job)}.`))
    }
    child.once('exit', ended)
    child.once('message', (result) => {
      child.off('exit', ended)
      resolve(result as JobResult)
    })
    child.send(job)
  })
}
