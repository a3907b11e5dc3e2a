import { resolve } from 'node:path'
import type {
  AfterAbsence,
  EngineEvent,
  Job,
  Observer,
  OnConflict,
  OnLostAnswer,
  QueuePolicy,
} from '@halfrate/core'
import { EngineHost, type Halfrate, storeText } from '@halfrate/runtime'
import { EXIT, exitCodeOf } from '../exit-code.js'
import { jobNameOf } from '../input/input-file.js'
import { openRequestSource, type RequestSource } from '../input/request-source.js'
import { type TakenIn, takeIn } from '../input/take-in.js'
import { csvRows } from '../output/csv-rows.js'
import { type ExportResult, exportRows } from '../output/export-rows.js'
import { type OutputTarget, openOutputTarget } from '../output/output-target.js'
import { plainRows, type RowFormat } from '../output/row-lines.js'
import { openRowWriter } from '../output/row-writer.js'
import type { RowSettings } from '../rows/row-settings.js'
import { countOf, countText } from '../screen/number-text.js'
import type { ProgressFacts } from '../screen/progress-screen.js'
import { Interrupts } from './interrupts.js'
import { JobWatch } from './job-watch.js'
import { rememberJob } from './known-jobs.js'
import type { Interruption, Presenter } from './presenter.js'
import { ReleasedRows } from './released-rows.js'
import { storeFlag } from './self-command.js'
import { besideStore, openStore, type Place, requireProvider } from './store-options.js'
import { type WatchResult, watchUntilDone } from './watch-until.js'

/** What a run is asked to do. */
export interface RunRequest {
  readonly place: Place
  /** A file, or `-` for standard input; then there is a `job`. With `rows` also a pattern. */
  readonly file: string
  /** How requests are made of rows; by default the file holds requests. */
  readonly rows?: RowSettings | null | undefined
  readonly output: string
  /** Default: from the file's name. */
  readonly job?: string | undefined
  /** Most rows in one batch. Default: as the queue has it. */
  readonly batchSize?: number | undefined
  readonly onLostAnswer?: OnLostAnswer | undefined
  readonly afterAbsence?: AfterAbsence | undefined
  readonly onConflict: OnConflict
  /** How long what is under way may go on after a signal, milliseconds of real time. */
  readonly graceMs: number
  readonly format: RowFormat
  /** The command that goes on with this run, as a shell takes it. */
  readonly resume: string
  /** Said when it is interrupted, in place of what is usual. */
  readonly interruptedText?: string | undefined
}

/** What a run came to. */
export interface RunResult {
  readonly exitCode: number
  /** The last look at the job; null when it was interrupted before there was one. */
  readonly last: ProgressFacts | null
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
  const source = await openRequestSource({
    file: request.file,
    rows: request.rows ?? null,
    besidePath: besideStore(request.place.store),
    signal: interrupts.signal,
    say: (text) => presenter.say(text),
  })
  try {
    return await runSource({ request, source, presenter, observer, interrupts })
  } finally {
    await source.close()
  }
}

async function runSource(params: {
  request: RunRequest
  source: RequestSource
  presenter: Presenter
  observer: Observer | undefined
  interrupts: Interrupts
}): Promise<RunResult> {
  const { request, source, presenter, observer, interrupts } = params
  const target = await openOutputTarget(request.output, {
    inputIdentities: source.identities,
    store: request.place.store,
  })
  requireProvider(request.place)
  const released = new ReleasedRows()
  await using half = await openStore(request.place, {
    observer: observerOf([
      (event) => {
        // A call that an interruption broke off is no failure.
        if (event.type === 'step_failed' && interrupts.signal.aborted) return
        presenter.event(event)
      },
      released.note.bind(released),
      observer,
    ]),
    queuePolicy: policyOf(request),
    afterAbsence: request.afterAbsence,
  })
  presenter.say(`store ${storeText(request.place.store)}`)
  const taken = await takeRowsIn({ request, half, source, presenter, signal: interrupts.signal })
  if (taken === null) return interruptedEarly(request, presenter, released)
  const watched = await workOnJob({
    half,
    job: taken.job,
    presenter,
    released,
    interrupts,
    graceMs: request.graceMs,
  })
  if (watched.type === 'interrupted') {
    presenter.interrupted(interruption(request, watched.last))
    return { exitCode: EXIT.interrupted, last: watched.last, released }
  }
  const written = await writeRows({ half, source, job: taken.job, target, format: request.format })
  const exitCode = exitCodeOf(watched.last.report.counts)
  presenter.end(
    {
      report: watched.last.report,
      tookMs: watched.isOld ? null : tookMsOf(taken.job, watched.last),
      exitCode,
      output: target.type === 'stdout' ? null : target.name,
      outputPath: target.type === 'stdout' ? null : resolve(target.name),
      examples: written.examples,
      job: taken.job.name,
      storeFlag: storeFlag(request.place.store),
      store: storeText(request.place.store),
    },
    watched.last,
  )
  return { exitCode, last: watched.last, released }
}

async function takeRowsIn(params: {
  request: RunRequest
  half: Halfrate
  source: RequestSource
  presenter: Presenter
  signal: AbortSignal
}): Promise<TakenIn | null> {
  const { request, half, source, presenter, signal } = params
  const name = request.job ?? jobNameOf(request.file)
  const taken = await takeIn({
    half,
    source,
    job: name,
    onConflict: request.onConflict,
    signal,
    say: (text) => presenter.say(text),
  }).finally(() => (isReadAgain(request, source) ? undefined : source.close()))
  if (taken === null) return null
  await rememberJob(half.store, name)
  presenter.say(takenText(name, taken))
  return taken
}

// Only a table of the rows has their columns; whatever else was kept of the input can go while its answers are awaited.
function isReadAgain({ format }: RunRequest, source: RequestSource): boolean {
  return format === 'csv' && source.rows !== null
}

function takenText(name: string, taken: TakenIn): string {
  const rows = `job ${name}: ${countOf(taken.job.rowCount, 'row')}`
  if (taken.isSameInput) return `${rows}, taken in before; going on`
  if (taken.newRows === taken.job.rowCount) return `${rows}, all new`
  const parts = [`${countText(taken.newRows)} new`]
  if (taken.sameRows > 0) parts.push(`${countText(taken.sameRows)} known already`)
  if (taken.keptRows > 0) parts.push(`${countText(taken.keptRows)} changed, old answers kept`)
  return [rows, ...parts].join(', ')
}

async function workOnJob(params: {
  half: Halfrate
  job: Job
  presenter: Presenter
  released: ReleasedRows
  interrupts: Interrupts
  graceMs: number
}): Promise<WatchResult & { readonly isOld: boolean }> {
  const { half, job, presenter, released, interrupts, graceMs } = params
  const { signal, cut } = interrupts
  const watch = new JobWatch({ half, job, released })
  const first = await watch.look()
  const { counts } = first.report
  // A job that is done needs no worker, and its rows can be written beside one.
  if (counts.byState.done === counts.total) return { type: 'done', last: first, isOld: true }
  await half.checkAccess(signal)
  const host = new EngineHost({
    half,
    onOtherWorker: (worker) => {
      watch.otherWorker = worker
    },
  })
  try {
    const watched = await watchUntilDone({ half, watch, host, presenter, signal })
    return { ...watched, isOld: false }
  } finally {
    await host.stop({ graceMs, cut })
  }
}

async function writeRows(params: {
  half: Halfrate
  source: RequestSource
  job: Job
  target: OutputTarget
  format: RowFormat
}): Promise<ExportResult> {
  const writer = await openRowWriter(params.target)
  try {
    const { half, source, job, format } = params
    const lines =
      format === 'csv' ? await csvRows(source.rows, job.sourceDigest) : plainRows(format)
    const written = await exportRows({ store: half.store, jobId: job.id, lines, writer })
    await writer.finish()
    return written
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

// What was asked for now stands in the queue's policy; the rest stays as an earlier run left it.
function policyOf(request: RunRequest): Partial<QueuePolicy> {
  const { batchSize, onLostAnswer } = request
  return {
    flush: { count: batchSize ?? 100_000, bytes: 200_000_000, ageMs: 0 },
    ...(batchSize === undefined ? {} : { maxBatchRequests: batchSize }),
    ...(onLostAnswer === undefined ? {} : { onLostAnswer }),
  }
}

function observerOf(
  takers: readonly (((event: EngineEvent) => void) | Observer | undefined)[],
): Observer {
  return {
    onEvent(event) {
      for (const taker of takers) {
        if (typeof taker === 'function') taker(event)
        else taker?.onEvent(event)
      }
    },
  }
}

function tookMsOf(job: Job, last: ProgressFacts): number | null {
  return job.committedAt === null ? null : last.now - job.committedAt
}

function interruptedEarly(
  request: RunRequest,
  presenter: Presenter,
  released: ReleasedRows,
): RunResult {
  presenter.interrupted({
    message:
      request.interruptedText ??
      'interrupted while the rows were taken in; nothing was sent. The same command begins anew:',
    resume: request.resume,
  })
  return { exitCode: EXIT.interrupted, last: null, released }
}

function interruption(request: RunRequest, last: ProgressFacts | null): Interruption {
  if (request.interruptedText !== undefined) {
    return { message: request.interruptedText, resume: request.resume }
  }
  const message = `interrupted${toCome(last)}; the batches at Claude go on and nothing is lost. The same command resumes (halfrate work --once collects from cron):`
  return { message, resume: request.resume }
}

function toCome(last: ProgressFacts | null): string {
  if (last === null) return ''
  const { total, byState } = last.report.counts
  return ` with ${countOf(total - byState.done, 'row')} to come`
}
