import { resolve } from 'node:path'
import type { Job, Observer } from '@halfrate/core'
import {
  EngineHost,
  type Halfrate,
  learnFromJob,
  readJobEstimate,
  storeText,
} from '@halfrate/runtime'
import { EXIT, exitCodeOf } from '../exit-code.js'
import { openRequestSource, type RequestSource } from '../input/request-source.js'
import type { NotTaken } from '../input/take-in.js'
import { csvRows } from '../output/csv-rows.js'
import { type ExportResult, exportRows, pagesOfJob } from '../output/export-rows.js'
import { type OutputTarget, openOutputTarget } from '../output/output-target.js'
import { plainRows } from '../output/row-lines.js'
import { openRowWriter } from '../output/row-writer.js'
import { withPolicies } from '../output/with-policies.js'
import { costRefusal } from '../preflight/permission.js'
import { ledEvent } from '../screen/command-text.js'
import { figuresOf } from '../screen/job-figures.js'
import { declinedText, type PreflightFacts } from '../screen/preflight-screen.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import { dryRunPlace } from './dry-run-place.js'
import { earlyInterruption, interruption, unansweredInterruption } from './interruption.js'
import { Interrupts } from './interrupts.js'
import { likelyCap } from './job-budget.js'
import { JobWatch } from './job-watch.js'
import type { Detachment, EndFacts, Presenter } from './presenter.js'
import { ReleasedRows } from './released-rows.js'
import type { RunRequest } from './run-request.js'
import { storeFlag } from './self-command.js'
import { besideStore, openStore, requireProvider } from './store-options.js'
import { type TakenRows, takeRowsIn } from './take-rows-in.js'
import { tellOfEnd } from './tell-of-end.js'
import { lookPatiently, type WatchResult, watchUntil } from './watch-until.js'

/** What a run came to. */
export interface RunResult {
  readonly exitCode: number
  /** The last look at the job; null when there was none. */
  readonly last: ProgressFacts | null
  readonly released: ReleasedRows
}

/** A run under way. */
interface Run {
  readonly request: RunRequest
  readonly source: RequestSource
  readonly presenter: Presenter
  readonly interrupts: Interrupts
  readonly released: ReleasedRows
}

/**
 * Does the main job: takes a file in, sends it, waits, collects, retries, and writes the answers.
 *
 * What is wrong with input, output, key or store is found before anything is sent.
 *
 * @throws {HalfrateError} when it can't work.
 */
export async function runJob(
  request: RunRequest,
  presenter: Presenter,
  observer?: Observer,
): Promise<RunResult> {
  const { graceMs } = request
  using interrupts = new Interrupts({ graceMs, say: (text) => presenter.say(text) })
  interrupts.isUnderWay = false
  const source = await openRequestSource({
    files: request.files,
    rows: request.rows ?? null,
    besidePath: besideStore(request.place.store),
    signal: interrupts.signal,
    say: (text) => presenter.say(text),
  })
  const released = new ReleasedRows()
  const run = { request, source, presenter, interrupts, released }
  try {
    const target = await openOutputTarget(request.output, {
      inputIdentities: source.identities,
      store: request.place.store,
    })
    return request.isDryRun === true ? await dryRun(run) : await realRun(run, target, observer)
  } finally {
    await source.close()
  }
}

// No key is needed for a look, unless Claude is asked to count.
async function dryRun(run: Run): Promise<RunResult> {
  const { request, presenter, released } = run
  if (request.isToCount === true) requireProvider(request.place)
  await using dry = await dryRunPlace(request.place)
  await using half = await openStore(dry.place)
  presenter.say(`store ${storeText(request.place.store)}`)
  const { taken, preflight } = await takeIn(run, half)
  if (taken.type === 'taken' || taken.why !== 'dry_run' || preflight.facts === null) {
    return notTaken(run, { type: 'not_taken', why: 'interrupted' }, null)
  }
  presenter.dryRun(preflight.facts, preflight.first)
  // Whoever is asked may say yes; this limit holds whatever anybody says.
  const tooDear = costRefusal(preflight.facts)
  if (tooDear !== null) throw tooDear
  return { exitCode: EXIT.usable, last: null, released }
}

async function realRun(
  run: Run,
  target: OutputTarget,
  observer: Observer | undefined,
): Promise<RunResult> {
  const { request, presenter, released } = run
  requireProvider(request.place)
  await using half = await openStore(request.place, {
    observer: observerOf(run, observer),
    afterAbsence: request.afterAbsence,
  })
  presenter.say(`store ${storeText(request.place.store)}`)
  const { taken, preflight } = await takeIn(run, half)
  if (taken.type === 'not_taken') return notTaken(run, taken, preflight.facts)
  const watched = await workOnJob(run, half, taken.job)
  const { last } = watched
  if (watched.type === 'interrupted') {
    presenter.interrupted(interruption(request, last))
    return { exitCode: EXIT.interrupted, last, released }
  }
  if (watched.type === 'sent') {
    presenter.detached(detachment(request, taken.job, watched.last))
    return { exitCode: EXIT.usable, last, released }
  }
  return await finish(run, { half, target, job: taken.job, watched })
}

async function takeIn(
  { request, source, presenter, interrupts }: Run,
  half: Halfrate,
): Promise<TakenRows> {
  const onQuestion = (stands: boolean): void => {
    interrupts.isAsking = stands
  }
  const { signal } = interrupts
  return await takeRowsIn({ request, half, source, presenter, signal, onQuestion })
}

function notTaken(
  { request, presenter, released }: Run,
  { why }: NotTaken,
  facts: PreflightFacts | null,
): RunResult {
  if (why === 'interrupted') {
    presenter.interrupted(earlyInterruption(request))
    return { exitCode: EXIT.interrupted, last: null, released }
  }
  const waiting = facts?.waiting ?? 0
  if (why === 'unanswered') {
    presenter.interrupted(unansweredInterruption(request, waiting))
    return { exitCode: EXIT.interrupted, last: null, released }
  }
  presenter.say(declinedText(waiting))
  return { exitCode: EXIT.couldNotWork, last: null, released }
}

type Ended = Extract<WatchResult, { type: 'done' | 'stopped' }>
type Watched = WatchResult & {
  /** All was done before this run. */
  readonly isOld: boolean
}

async function workOnJob(run: Run, half: Halfrate, job: Job): Promise<Watched> {
  const { request, presenter, released, interrupts } = run
  const { signal, cut } = interrupts
  const watch = new JobWatch({ half, job, released, storeFlag: storeFlag(request.place) })
  const first = await watch.look()
  const { counts } = first.report
  // A job that is done needs no worker, and its rows can be written beside one.
  if (counts.byState.done === counts.total) return { type: 'done', last: first, isOld: true }
  interrupts.isUnderWay = true
  await half.checkAccess(signal)
  const host = new EngineHost({
    half,
    onOtherWorker: (worker) => {
      watch.otherWorker = worker
    },
  })
  const until = request.isDetached === true ? 'sent' : 'done'
  let watched: WatchResult
  try {
    watched = await watchUntil(until, { half, watch, host, presenter, signal })
  } finally {
    await host.stop({ graceMs: request.graceMs, cut })
  }
  if (watched.type === 'interrupted' || watched.type === 'sent') {
    return { ...watched, isOld: false }
  }
  // The last row of a batch is done a moment before the batch is: the worker has now ended with it, and that is told too.
  const last = (await lookPatiently({ watch, presenter, signal })) ?? watched.last
  presenter.progress(last)
  return { type: watched.type, last, isOld: false }
}

async function finish(
  run: Run,
  how: {
    readonly half: Halfrate
    readonly target: OutputTarget
    readonly job: Job
    readonly watched: Ended & Pick<Watched, 'isOld'>
  },
): Promise<RunResult> {
  const { request, presenter, released, interrupts } = run
  const { half, job, target, watched } = how
  const { last, isOld } = watched
  const written = await writeRows(run, how)
  if (!isOld && watched.type === 'done') await learnFromJob(half.store, job)
  const exitCode = exitCodeOf(last.report.counts)
  const isStdout = target.type === 'stdout'
  const facts: EndFacts = {
    report: last.report,
    tookMs: isOld || job.committedAt === null ? null : last.now - job.committedAt,
    exitCode,
    output: isStdout ? null : target.name,
    outputPath: isStdout ? null : resolve(target.name),
    examples: written.examples,
    estimate: await readJobEstimate(half.store, job),
    budget: last.budget,
    canary: last.canary ?? null,
    goOn: await goOnText(run, half, job, last),
    job: job.name,
    storeFlag: storeFlag(request.place),
    store: storeText(request.place.store),
  }
  presenter.end(facts, last)
  if (request.notify !== undefined) {
    await tellOfEnd({ target: request.notify, facts, presenter, signal: interrupts.signal })
  }
  return { exitCode, last, released }
}

// The likely cap is worked out last, of what waits when everything else has ended.
async function goOnText(
  { request }: Run,
  half: Halfrate,
  job: Job,
  { budget, report }: ProgressFacts,
): Promise<string | null> {
  if (budget === null || budget.stopped === null || report.counts.byState.waiting === 0) return null
  return request.withCap(await likelyCap(half, job, budget))
}

function detachment(request: RunRequest, job: Job, facts: ProgressFacts): Detachment {
  const { report, batches, budget, canary = null, primer = null } = facts
  const rows = report.counts.byState.waiting
  const atClaude = batches.filter(({ submission }) => submission.state !== 'collected')
  return {
    job: job.name,
    store: storeText(request.place.store),
    storeFlag: storeFlag(request.place),
    rowsAtClaude: figuresOf(report.counts).atClaude,
    batches: atClaude.length,
    forCanary: canary === null ? 0 : rows,
    forPrimer: primer?.state === 'away' ? rows : 0,
    forCap: budget === null || rows === 0 ? null : { rows, capNano: budget.capNano },
    collect: request.collect,
  }
}

async function writeRows(
  { request, source }: Run,
  { half, target, job }: { half: Halfrate; target: OutputTarget; job: Job },
): Promise<ExportResult> {
  const { format } = request
  const writer = await openRowWriter(target)
  try {
    const lines =
      format === 'csv' ? await csvRows(source.rows, job.sourceDigest) : plainRows(format)
    const written = await exportRows({
      pages: withPolicies(half.store, pagesOfJob(half.store, job.id)),
      lines,
      writer,
    })
    await writer.finish()
    return written
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

function observerOf(run: Run, other?: Observer): Observer {
  const { presenter, released, interrupts } = run
  const flag = storeFlag(run.request.place)
  return {
    onEvent(event) {
      // A call that an interruption broke off is no failure.
      const isBrokenOff = event.type === 'step_failed' && interrupts.signal.aborted
      if (!isBrokenOff) presenter.event(ledEvent(event, flag))
      released.note(event)
      other?.onEvent(event)
    },
  }
}
