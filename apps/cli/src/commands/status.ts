import {
  type AbsenceWait,
  absenceSetting,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EpochMs,
  type Heartbeat,
  heartbeatSetting,
  laneOf,
  RECOVERY_SETTING,
  type Recovery,
  type Report,
  reprice,
  type Submission,
  type SubmissionState,
} from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import {
  canaryReportOf,
  type Halfrate,
  primerReportOf,
  readJobEstimate,
  storeText,
} from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { EXIT, exitCodeOf } from '../exit-code.js'
import { outlookOf } from '../run/batch-outlook.js'
import { heldBackText } from '../run/held-back.js'
import { budgetOf } from '../run/job-budget.js'
import { resendNotBefore } from '../run/job-watch.js'
import { knownJobs } from '../run/known-jobs.js'
import { queueWaits } from '../run/queue-waits.js'
import { readPolicy } from '../run/read-policy.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, type Place, placeOf, type StoreFlags } from '../run/store-options.js'
import { batchPhase } from '../screen/batch-phase.js'
import { type BatchFacts, isAsking } from '../screen/batch-words.js'
import { primerObject } from '../screen/primer-text.js'
import type { QueueWait } from '../screen/queue-wait-lines.js'
import { readyObject } from '../screen/ready-text.js'
import { reportObject } from '../screen/report-object.js'
import { type JobStatus, type StatusFacts, statusScreen } from '../screen/status-screen.js'
import type { UnpricedFacts } from '../screen/unpriced-text.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `status`. */
export interface StatusFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

// Batches that are not over.
const OPEN: readonly SubmissionState[] = [
  'filling',
  'sealed',
  'sending',
  'ambiguous',
  'lost',
  'rejected',
  'in_progress',
  'canceling',
  'ended',
]

const MOST_BATCHES = 200
// What lacks a price is mostly one model, and a look at a store has to be quick.
const MOST_UNPRICED = 100

/** Shows a store: its jobs, its batches, its money, what is due next, and what holds it back. */
export async function status(flags: StatusFlags): Promise<number> {
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const facts = await statusFacts(half, place)
  if (flags.json === true) process.stdout.write(`${JSON.stringify(statusObject(facts))}\n`)
  else {
    const { noColour } = readEnvironment()
    printLines(process.stdout, (width) => statusScreen(facts, { width }), { colours: !noColour })
  }
  return EXIT.usable
}

async function statusFacts(half: Halfrate, place: Place): Promise<StatusFacts> {
  const now = await half.store.now()
  const known = await knownJobs(half.store)
  const jobs = await Promise.all(
    known.map(async (job) => ({
      ...{ job, budget: await budgetOf(half, job) },
      canary: await canaryReportOf(half.store, job),
      primer: await primerReportOf(half.store, job),
    })),
  )
  const held = jobs.filter(
    ({ budget, canary, primer }) =>
      (budget !== null && budget.held !== null) || canary !== null || primer?.state === 'away',
  )
  const heartbeat = await half.store.getSetting(heartbeatSetting(DEFAULT_ACCOUNT))
  const absence = await half.store.getSetting(absenceSetting(DEFAULT_ACCOUNT))
  return {
    now,
    store: storeText(place.store),
    queues: await queueWaits(
      half,
      now,
      held.map(({ job }) => job.id),
    ),
    storeFlag: storeFlag(place),
    jobs: await Promise.all(
      jobs.map(async ({ job, budget, canary, primer }) => ({
        ...{ name: job.name, budget, canary, primer },
        report: await half.store.report({ scope: { project: DEFAULT_PROJECT, jobId: job.id } }),
        estimate: await readJobEstimate(half.store, job),
      })),
    ),
    ...(await wholeStore(half)),
    batches: await openBatches(half, storeFlag(place)),
    workedAt: latest(
      (heartbeat?.value as Heartbeat | null | undefined)?.at,
      (absence?.value as AbsenceWait | null | undefined)?.lookedAt,
    ),
    heldBack: await heldBackText(half, now, { storeFlag: storeFlag(place) }),
    setAside: await setAsideCount(half),
  }
}

async function wholeStore({
  store,
  prices: book,
}: Halfrate): Promise<{ readonly all: Report; readonly unpriced: UnpricedFacts | null }> {
  const all = await store.report({ scope: { project: DEFAULT_PROJECT } })
  const answers = all.money.unpricedAttempts
  if (answers === 0) return { all, unpriced: null }
  const look = { store, book, project: DEFAULT_PROJECT, write: false, most: MOST_UNPRICED }
  return { all, unpriced: { ...(await reprice(look)), answers } }
}

// A worker that waits after an absence gives no heartbeat, but it lives.
function latest(...instants: readonly (EpochMs | undefined)[]): EpochMs | null {
  const known = instants.filter((at) => at !== undefined)
  return known.length === 0 ? null : Math.max(...known)
}

// Batches that a recovery could not read; they are tried again every day.
async function setAsideCount({ store }: Halfrate): Promise<number> {
  const setting = await store.getSetting(RECOVERY_SETTING)
  const recovery = (setting?.value ?? null) as Recovery | null
  return (recovery?.batches ?? []).filter(({ vanished }) => vanished).length
}

async function openBatches(half: Halfrate, flag: string): Promise<readonly BatchFacts[]> {
  const found = await half.store.listSubmissions({
    account: null,
    states: OPEN,
    afterId: 0,
    limit: MOST_BATCHES,
  })
  // A batch that was given up stays as long as it may still turn up; without a next step it is over.
  const open = found.filter(({ nextStepAt }) => nextStepAt !== null)
  return await Promise.all(
    open.map(async (submission, index) => ({
      ...(await batchFacts(half, submission, index)),
      storeFlag: flag,
    })),
  )
}

async function batchFacts(
  half: Halfrate,
  submission: Submission,
  index: number,
): Promise<Omit<BatchFacts, 'storeFlag'>> {
  const policy = await readPolicy(half, submission.queue)
  return {
    number: index + 1,
    submission,
    resendNotBeforeAt: resendNotBefore(submission, policy, half),
    unanswered: {},
    retried: 0,
    outlook: await outlookOf(half, submission),
  }
}

function queueObject({
  queue,
  waiting,
  flush,
  nextBatchAt,
  outlook,
  wantedAt,
  problem,
}: QueueWait): object {
  const { schedule, timeZone } = { schedule: null, timeZone: null, ...flush }
  return {
    ...{ queue, waiting, schedule, time_zone: timeZone, problem },
    next_batch_at: nextBatchAt === null ? null : new Date(nextBatchAt).toISOString(),
    ready: readyObject(outlook, wantedAt),
  }
}

function unpricedObject({ unpriced = null }: StatusFacts): object | null {
  if (unpriced === null) return null
  const { answers, priced, models, tools } = unpriced
  return { answers, models, tools, can_be_priced: priced > 0 }
}

function statusObject(facts: StatusFacts): object {
  const reportOf = (
    job: string | null,
    { report, budget, estimate = null }: Pick<JobStatus, 'report' | 'budget' | 'estimate'>,
  ): object =>
    reportObject({
      report,
      ...{ budget, estimate },
      job,
      store: facts.store,
      output: null,
      tookMs: null,
      exitCode: exitCodeOf(report.counts),
    })
  return {
    type: 'status',
    store: facts.store,
    held_back: facts.heldBack,
    set_aside: facts.setAside,
    worked_at: facts.workedAt === null ? null : new Date(facts.workedAt).toISOString(),
    unpriced: unpricedObject(facts),
    queues: facts.queues.map((wait) => queueObject(wait)),
    jobs: facts.jobs.map((job) => ({
      ...reportOf(job.name, job),
      canary: job.canary ?? null,
      primer: primerObject(job.primer ?? null),
    })),
    all: reportOf(null, { report: facts.all, budget: null }),
    batches: facts.batches.map(({ submission, outlook = null }) => ({
      batch_id: submission.remoteId,
      batch_number: submission.id,
      route: laneOf(submission.lane).route,
      requests: submission.requestCount,
      state: batchPhase(submission.state),
      decision_needed: isAsking(submission),
      hold_usd: usdText(submission.holdNano),
      ready: readyObject(outlook, laneOf(submission.lane).deadlineAt),
      next_step_at:
        submission.nextStepAt === null ? null : new Date(submission.nextStepAt).toISOString(),
    })),
  }
}
