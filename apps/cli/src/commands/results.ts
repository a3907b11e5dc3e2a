import { resolve } from 'node:path'
import { ConfigError, DEFAULT_PROJECT, type Job } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { exitCodeOf } from '../exit-code.js'
import { oneOf } from '../flags/parse-flag.js'
import { csvRows } from '../output/csv-rows.js'
import { type ExportResult, exportRows, pagesOfJob } from '../output/export-rows.js'
import { type OutputTarget, openOutputTarget } from '../output/output-target.js'
import { doneRows, formatOf, plainRows, ROW_FORMATS } from '../output/row-lines.js'
import { openRowWriter } from '../output/row-writer.js'
import { withPolicies } from '../output/with-policies.js'
import { findJob } from '../run/find-job.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf } from '../run/store-options.js'
import { countOf } from '../screen/number-text.js'
import { printText } from '../terminal/print-text.js'
import type { ResultsFlags, ResultsOutput } from './results-flags.js'

/**
 * Writes answers as they stand: the rows of a job in the order of the input, or what a queue has outside of jobs. Rows that
 * are not done say so, or are left out with `soFar`, as they always are of a queue; then only the others decide the exit code.
 */
export async function results(flags: ResultsFlags): Promise<number> {
  checkTogether(flags)
  const asked =
    flags.format === undefined ? undefined : oneOf('--format', ROW_FORMATS)(flags.format)
  const format = formatOf(asked, flags.output)
  const place = placeOf(flags)
  const kept = { inputIdentities: new Set<string>(), store: place.store }
  const target = await openOutputTarget(flags.output, kept)
  await using half = await openExistingStore(place)
  const write =
    flags.queue === undefined ? await jobWriter(half, flags) : await queueWriter(half, flags)
  const lines = format === 'csv' ? await csvRows(null, null) : plainRows(format)
  const writer = await openRowWriter(target)
  try {
    return await write({ half, target, lines, writer, storeFlag: storeFlag(place) })
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

type Write = (output: ResultsOutput) => Promise<number>

async function queueWriter(half: Halfrate, flags: ResultsFlags): Promise<Write> {
  const { queueReading, writeQueueResults } = await import('./results-of-queue.js')
  const reading = await queueReading(half, flags)
  return (output) => writeQueueResults(output, reading, flags.json === true)
}

async function jobWriter(half: Halfrate, flags: ResultsFlags): Promise<Write> {
  const job = await findJob(half, flags.job, storeFlag(placeOf(flags)))
  return (output) => writeJobResults(output, job, flags)
}

async function writeJobResults(
  { half, target, lines, writer }: ResultsOutput,
  job: Job,
  flags: ResultsFlags,
): Promise<number> {
  const written = await exportRows({
    pages: withPolicies(half.store, pagesOfJob(half.store, job.id)),
    lines: flags.soFar === true ? doneRows(lines) : lines,
    writer,
  })
  await writer.finish()
  const exitCode = await exitCodeFor(half, job, flags)
  sayWritten({ job, target, written, exitCode }, flags.json === true)
  return exitCode
}

function checkTogether({ job, queue, since, after }: ResultsFlags): void {
  const nothing = 'Nothing was written.'
  if (job !== undefined && queue !== undefined) {
    throw new ConfigError("--job and --queue can't go together.", `Choose one. ${nothing}`)
  }
  if (since !== undefined && after !== undefined) {
    throw new ConfigError("--since and --after can't go together.", `Choose one. ${nothing}`)
  }
  const flag = since === undefined ? '--after' : '--since'
  if (queue === undefined && (since ?? after) !== undefined) {
    throw new ConfigError(
      `${flag}: expected --queue beside it, since a job's rows are written as one.`,
      `Name the queue, or leave ${flag} out. ${nothing}`,
    )
  }
}

async function exitCodeFor(half: Halfrate, job: Job, { soFar }: ResultsFlags): Promise<number> {
  const scope = { project: DEFAULT_PROJECT, jobId: job.id }
  const { counts } = await half.store.report({ scope })
  return exitCodeOf({ ...counts, total: soFar === true ? counts.byState.done : counts.total })
}

// Beside rows on standard output there is room for nothing else.
function sayWritten(
  facts: {
    readonly job: Job
    readonly target: OutputTarget
    readonly written: ExportResult
    readonly exitCode: number
  },
  isJson: boolean,
): void {
  const { job, target, written, exitCode } = facts
  const { rows, skipped } = written
  if (!isJson) {
    const rest = skipped === 0 ? '' : `; ${countOf(skipped, 'row')} not done yet`
    const where = target.type === 'stdout' ? '' : ` to ${target.name}`
    printText(process.stderr, [`wrote ${countOf(rows, 'row')}${where}${rest}`])
    return
  }
  const output = target.type === 'stdout' ? null : resolve(target.name)
  const object = { type: 'results', job: job.name, rows, not_done: skipped, output }
  const stream = output === null ? process.stderr : process.stdout
  stream.write(`${JSON.stringify({ ...object, exit_code: exitCode })}\n`)
}
