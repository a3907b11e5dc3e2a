import { resolve } from 'node:path'
import { DEFAULT_PROJECT, type Job } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { exitCodeOf } from '../exit-code.js'
import { oneOf } from '../flags/parse-flag.js'
import { csvRows } from '../output/csv-rows.js'
import { type ExportResult, exportRows } from '../output/export-rows.js'
import { type OutputTarget, openOutputTarget } from '../output/output-target.js'
import { doneRows, formatOf, plainRows, ROW_FORMATS } from '../output/row-lines.js'
import { openRowWriter } from '../output/row-writer.js'
import { findJob } from '../run/find-job.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { countOf } from '../screen/number-text.js'

/** Flags of `results`. */
export interface ResultsFlags extends StoreFlags {
  readonly job?: string | undefined
  readonly output: string
  readonly format?: string | undefined
  readonly soFar?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Writes the rows of a job as they stand, in the order of the input. Rows that are not done say so, or are left out with
 * `soFar`; then only the others decide the exit code.
 */
export async function results(flags: ResultsFlags): Promise<number> {
  const asked =
    flags.format === undefined ? undefined : oneOf('--format', ROW_FORMATS)(flags.format)
  const format = formatOf(asked, flags.output)
  const place = placeOf(flags)
  const kept = { inputIdentities: new Set<string>(), store: place.store }
  const target = await openOutputTarget(flags.output, kept)
  await using half = await openExistingStore(place)
  const job = await findJob(half, flags.job, storeFlag(place))
  const lines = format === 'csv' ? await csvRows(null, null) : plainRows(format)
  const writer = await openRowWriter(target)
  try {
    const written = await exportRows({
      store: half.store,
      jobId: job.id,
      lines: flags.soFar === true ? doneRows(lines) : lines,
      writer,
    })
    await writer.finish()
    const exitCode = await exitCodeFor(half, job, flags)
    sayWritten({ job, target, written, exitCode }, flags.json === true)
    return exitCode
  } catch (error) {
    await writer.abandon()
    throw error
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
    process.stderr.write(`wrote ${countOf(rows, 'row')}${where}${rest}\n`)
    return
  }
  const output = target.type === 'stdout' ? null : resolve(target.name)
  const object = { type: 'results', job: job.name, rows, not_done: skipped, output }
  const stream = output === null ? process.stderr : process.stdout
  stream.write(`${JSON.stringify({ ...object, exit_code: exitCode })}\n`)
}
