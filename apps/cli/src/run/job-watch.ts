import {
  DEFAULT_PROJECT,
  type EpochMs,
  type Job,
  type QueuePolicy,
  type RequestScope,
  type Submission,
} from '@halfrate/core'
import { canaryReportOf, type Halfrate, primerReportOf } from '@halfrate/runtime'
import type { BatchFacts } from '../screen/batch-words.js'
import { canaryText } from '../screen/canary-text.js'
import { shellWord } from '../screen/outcome-screen.js'
import { primerWaitText } from '../screen/primer-text.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import { heldBackText, joined } from './held-back.js'
import { budgetOf } from './job-budget.js'
import { readPolicy } from './read-policy.js'
import type { ReleasedRows } from './released-rows.js'

const PAGE = 500

/** Looks at a job again and again. */
export class JobWatch {
  readonly #half: Halfrate
  readonly #job: Job
  readonly #released: ReleasedRows
  readonly #storeFlag: string
  #policy: QueuePolicy | null = null
  /** Whose worker does the work, when it is not this process. */
  otherWorker: string | null = null

  constructor(params: {
    readonly half: Halfrate
    readonly job: Job
    readonly released: ReleasedRows
    /** Leads a command that is shown to the same store. */
    readonly storeFlag: string
  }) {
    this.#half = params.half
    this.#job = params.job
    this.#released = params.released
    this.#storeFlag = params.storeFlag
  }

  /** What is asked about. */
  get scope(): RequestScope {
    return { project: DEFAULT_PROJECT, jobId: this.#job.id }
  }

  /** How the job stands now. Every row that is counted in a batch has its batch in the list. */
  async look(): Promise<ProgressFacts> {
    const { store } = this.#half
    const now = await store.now()
    // Before the rows: where nothing more fits and all that is under way is at Claude by then, nothing more goes.
    const budget = await budgetOf(this.#half, this.#job)
    const canary = await canaryReportOf(store, this.#job)
    const primer = await primerReportOf(store, this.#job)
    // Before the batches, of which more may be made meanwhile.
    const report = await store.report({ scope: this.scope })
    const submissions = await this.#submissions()
    const policy = await this.#readPolicy()
    const sent = submissions.filter(({ state }) => state !== 'dissolved')
    return {
      now,
      report,
      batches: sent.map((submission, index) => this.#batchOf(submission, index + 1, policy)),
      heldBack: joined(
        await heldBackText(this.#half, now, {
          queues: [this.#job.queue],
          storeFlag: this.#storeFlag,
        }),
        canary === null
          ? primerWaitText(primer, now)
          : canaryText(canary, ` --job ${shellWord(this.#job.name)}`, this.#storeFlag),
      ),
      otherWorker: this.otherWorker,
      storeFlag: this.#storeFlag,
      budget,
      canary,
      primer,
    }
  }

  #batchOf(submission: Submission, number: number, policy: QueuePolicy): BatchFacts {
    return {
      number,
      submission,
      resendNotBeforeAt: resendNotBefore(submission, policy, this.#half),
      storeFlag: this.#storeFlag,
      ...this.#released.of(submission.id),
    }
  }

  async #submissions(): Promise<readonly Submission[]> {
    const all: Submission[] = []
    for (let afterId = 0; ; ) {
      const page = await this.#half.store.submissionsOf({ scope: this.scope, afterId, limit: PAGE })
      all.push(...page)
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return all
      afterId = last.id
    }
  }

  async #readPolicy(): Promise<QueuePolicy> {
    this.#policy ??= await readPolicy(this.#half, this.#job.queue)
    return this.#policy
  }
}

/** From when the rows of a batch are sent again at the earliest, if its answer was lost; else null. */
export function resendNotBefore(
  submission: Submission,
  policy: QueuePolicy,
  { settings }: Pick<Halfrate, 'settings'>,
): EpochMs | null {
  if (submission.state !== 'ambiguous' || submission.sendNotAfterAt === null) return null
  const settleMs = policy.onLostAnswer === 'wait' ? settings.settleWaitMs : settings.settleMs
  return submission.sendNotAfterAt + settleMs
}
