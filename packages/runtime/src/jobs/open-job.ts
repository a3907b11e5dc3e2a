import type { Digest, RequestLife } from '@halfrate/core'
import { keyHashOf } from '@halfrate/core/intake'
import { learnFromJob } from './answer-histories.js'
import { type CanceledRows, cancelJob } from './cancel-job.js'
import { canaryReportOf, resumeJob } from './job-canary.js'
import { estimateReportOf, readJobEstimate } from './job-estimate.js'
import { primerReportOf } from './job-primer.js'
import { budgetReportOf, type JobReport, jobReportOf } from './job-report.js'
import { type FollowParams, jobEnd, jobResults } from './job-results.js'
import { patiently } from './patiently.js'
import type { Result } from './result.js'

/** A named set of rows. It stays in the store; this looks at it. */
export interface Job<Output = unknown> {
  readonly name: string
  /** Rows of its newest input. */
  readonly rowCount: number
  /**
   * Every row once, as it becomes done, and the end when all are: batch by batch as batches end, inside a batch in the
   * order in which rows were taken in. Each call begins anew with what is done already, so after a crash rows come
   * again, and what is done with them must bear that. Memory is that of a hundred answers.
   *
   * Waits for as long as nobody works on the store; see {@link Halfrate.start}.
   *
   * With an output, an answer that is not of its form is a failed result with the code `output_invalid`, its text and its
   * cost. In the store, and so in the report, it stays what the provider made it: a success.
   *
   * @throws {BudgetReachedError} after the rows that are done, when the job stands still at its `maxCostUsd`.
   * @throws {CanaryStoppedError} after the rows that are done, when too many of its first rows failed, and its queue has a `canary`.
   * @throws {StoreClosedError} when the store is closed before the end.
   */
  results(): AsyncGenerator<Result<Output>, void, undefined>
  /** How many rows are where, and what they cost. */
  report(): Promise<JobReport>
  /** Resolves with the report when every row is done. Waits as {@link Job.results} does. */
  wait(): Promise<JobReport>
  /**
   * Sends the rest, whatever the first rows showed, or have not shown yet. Answers false where no canary holds it back.
   */
  resume(): Promise<boolean>
  /** Cancels every row that is not done. */
  cancel(): Promise<CanceledRows>
  /** The life of one row: where it is, its attempts and what each cost. Null when the job has no such key. */
  why(key: string): Promise<RequestLife | null>
}

/** What a job is looked at with. */
export interface OpenJobParams<Output> extends FollowParams {
  /** How answers are read. */
  readonly read: (result: Result) => Promise<Result<Output>>
  readonly digest: Digest
  /** Tells the engine of this process, if it works, that there is something to do. */
  readonly wakeEngine: () => void
}

/** A job that is in the store, for the caller. */
export function openJob<Output>(params: OpenJobParams<Output>): Job<Output> {
  const { store, digest, job, wakeEngine } = params
  const { project, id: jobId, name, rowCount } = job
  const report = async (): Promise<JobReport> => {
    const stored = await patiently(() => store.report({ scope: { project, jobId } }))
    const estimated = await patiently(() => readJobEstimate(store, job))
    return jobReportOf(stored, {
      budget: await patiently(() => budgetReportOf(store, job)),
      estimate: estimateReportOf(estimated, stored),
      canary: await patiently(() => canaryReportOf(store, job)),
      primer: await patiently(() => primerReportOf(store, job)),
    })
  }
  return {
    name,
    rowCount,
    report,
    results: () => jobResults(params, params.read),
    wait: async () => {
      await jobEnd(params)
      await learnFromJob(store, job)
      return await report()
    },
    resume: async () => {
      const isFree = await resumeJob(store, job)
      wakeEngine()
      return isFree
    },
    cancel: async () => {
      const canceled = await cancelJob(store, job)
      wakeEngine()
      return canceled
    },
    why: (key) => {
      const keyHash = keyHashOf(key, digest.hash128)
      return store.getRequest({ project, scope: { jobId }, key, keyHash })
    },
  }
}
