import { DEFAULT_PROJECT } from '@halfrate/core'
import { exitCodeOf } from '../exit-code.js'
import { oneOf } from '../flags/parse-flag.js'
import { csvRows } from '../output/csv-rows.js'
import { exportRows } from '../output/export-rows.js'
import { openOutputTarget } from '../output/output-target.js'
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
  const job = await findJob(half, flags.job, storeFlag(place.store))
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
    const skipped = written.skipped === 0 ? '' : `; ${countOf(written.skipped, 'row')} not done yet`
    const where = target.type === 'stdout' ? '' : ` to ${target.name}`
    process.stderr.write(`wrote ${countOf(written.rows, 'row')}${where}${skipped}\n`)
  } catch (error) {
    await writer.abandon()
    throw error
  }
  const report = await half.store.report({ scope: { project: DEFAULT_PROJECT, jobId: job.id } })
  const { counts } = report
  const total = flags.soFar === true ? counts.byState.done : counts.total
  return exitCodeOf({ ...counts, total })
}
