import { DEFAULT_PROJECT, type Job, RUN_QUEUE, type Store } from '@halfrate/core'
import { learnFromJob, readAnswerHistories } from '@halfrate/runtime'
import { knownJobs } from './known-jobs.js'

const MOST_JOBS = 8

/**
 * Learns for estimates from the newest jobs of `run` that are done and were not learned from: a worker, or another process, ended
 * them after their `run` was gone.
 */
export async function learnFromKnown(store: Store): Promise<void> {
  const histories = await readAnswerHistories(store, { project: DEFAULT_PROJECT, queue: RUN_QUEUE })
  const learned = new Set([...histories.values()].flatMap(({ jobs }) => jobs))
  const jobs = await knownJobs(store, MOST_JOBS)
  // What is learned last counts as the newest.
  for (const job of jobs.toReversed()) {
    if (job.queue !== RUN_QUEUE || learned.has(String(job.id))) continue
    if (await isDone(store, job)) await learnFromJob(store, job)
  }
}

// The mark of a job comes with the next sweep.
async function isDone(store: Store, { id: jobId, state }: Job): Promise<boolean> {
  if (state !== 'committed') return state === 'done'
  const { counts } = await store.report({ scope: { project: DEFAULT_PROJECT, jobId } })
  return counts.byState.done === counts.total
}
