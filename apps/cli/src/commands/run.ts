import { ConfigError, type OnConflict } from '@halfrate/core'
import { usdText } from '@halfrate/core/money'
import type { DeadlineFlags } from '../flags/deadline-flag.js'
import { afterAbsence, jobName, oneOf, wholeNumber } from '../flags/parse-flag.js'
import { jobNameOf } from '../input/input-file.js'
import { STDIN_NAME } from '../input/stdin-input.js'
import { isStdout } from '../output/output-target.js'
import { formatOf, ROW_FORMATS } from '../output/row-lines.js'
import { type RowFlags, type RowSettings, rowSettingsOf } from '../rows/row-settings.js'
import { graceFlag } from '../run/grace.js'
import { makePresenter } from '../run/make-presenter.js'
import { runJob } from '../run/run-job.js'
import type { RunRequest } from '../run/run-request.js'
import { sameCommand } from '../run/self-command.js'
import { type SendingFlags, sendingSettingsOf, twoFlags } from '../run/sending-settings.js'
import { placeOf, type StoreFlags } from '../run/store-options.js'

/** Flags of `run`, as they were typed. */
export interface RunFlags extends StoreFlags, RowFlags, SendingFlags, DeadlineFlags {
  readonly output: string
  readonly job?: string | undefined
  readonly as?: string | undefined
  readonly batchSize?: string | undefined
  readonly json?: boolean | undefined
  readonly changed?: boolean | undefined
  readonly keep?: boolean | undefined
  readonly format?: string | undefined
  readonly onLostAnswer?: string | undefined
  readonly afterAbsence?: string | undefined
  readonly grace?: string | undefined
}

/** Does the main job on a file, or on many documents. */
export async function run(files: readonly string[], flags: RunFlags): Promise<number> {
  const request = requestOf(files, flags)
  const presenter = makePresenter({
    json: flags.json === true,
    rowsOnStdout: isStdout(request.output) && request.isDryRun !== true,
  })
  try {
    return (await runJob(request, presenter)).exitCode
  } finally {
    presenter.close()
  }
}

function requestOf(files: readonly string[], flags: RunFlags): RunRequest {
  if (flags.as !== undefined && flags.job !== undefined) throw twoFlags('--as', '--job')
  const rows = rowSettingsOf(files, flags)
  const isStdin = files.includes(STDIN_NAME)
  const command = (without?: string): string =>
    `${isStdin ? '… | ' : ''}${sameCommand({ files, ...(without === undefined ? {} : { without }) })}`
  const read = <Value>(text: string | undefined, reader: (text: string) => Value) =>
    text === undefined ? undefined : reader(text)
  return {
    place: placeOf(flags),
    files,
    rows,
    ...sendingSettingsOf(flags),
    mayAsk: flags.json !== true && !isStdin,
    output: flags.output,
    job:
      read(flags.as, jobName('--as')) ??
      read(flags.job, jobName('--job')) ??
      outputJob(files, rows, flags),
    wantedBy: { by: flags.by, timeZone: flags.timeZone },
    batchSize: read(flags.batchSize, wholeNumber('--batch-size', 1, 100_000)),
    onLostAnswer: read(flags.onLostAnswer, oneOf('--on-lost-answer', ['resend', 'wait', 'ask'])),
    afterAbsence: read(flags.afterAbsence, afterAbsence),
    onConflict: conflictChoice(flags),
    graceMs: graceFlag(flags.grace),
    format: formatOf(read(flags.format, oneOf('--format', ROW_FORMATS)), flags.output),
    resume: command(),
    withCap: (capNano) => {
      const cap = capNano === null ? 'none' : usdText(capNano)
      return `${isStdin ? '… | ' : ''}${sameCommand({ files, replaced: '--max-cost', value: cap })}`
    },
    collect: command('--detach'),
  }
}

// Neither standard input nor a pattern is a name, and the output's stays the same when the command is given again.
function outputJob(
  files: readonly string[],
  rows: RowSettings | null,
  { output }: RunFlags,
): string | undefined {
  const isStdin = files.includes(STDIN_NAME)
  const hasName = !isStdin && rows?.kind !== 'documents'
  if (hasName) return undefined
  if (!isStdout(output)) return jobNameOf(output)
  const input = isStdin ? 'standard input' : 'a pattern'
  throw new ConfigError(
    `--job: expected the name of a job, which neither ${input} nor standard output has.`,
    'Name it, so that the same command goes on with it. Nothing was sent.',
  )
}

function conflictChoice({ changed, keep, as }: RunFlags): OnConflict {
  if (changed === true && keep === true) throw twoFlags('--changed', '--keep')
  if (as !== undefined && changed === true) throw twoFlags('--as', '--changed')
  if (as !== undefined && keep === true) throw twoFlags('--as', '--keep')
  if (changed === true) return 'supersede'
  return keep === true ? 'keep' : 'report'
}
