import { resolve } from 'node:path'
import { ConfigError, type OutputError, type RemoteId } from '@halfrate/core'
import type { PriceBook } from '@halfrate/core/money'
import { openProviderView } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { sinceFlag } from '../flags/since-flag.js'
import { InterruptedReading } from '../input/interrupted-reading.js'
import { type OutputTarget, openOutputTarget } from '../output/output-target.js'
import { openRowWriter } from '../output/row-writer.js'
import { folderPrices } from '../prices/price-files.js'
import { delimiterOf } from '../rows/row-settings.js'
import { DEFAULT_GRACE_MS } from '../run/grace.js'
import { Interrupts } from '../run/interrupts.js'
import { twoFlags } from '../run/sending-settings.js'
import { providerOf, requireProvider } from '../run/store-options.js'
import { type WorkLog, workLog } from '../run/work-log.js'
import type { Choice } from '../salvage/choose-batches.js'
import { type InputSettings, openInputKeys } from '../salvage/input-keys.js'
import { refusalToReplace } from '../salvage/kept-rows.js'
import { KeyBook } from '../salvage/key-book.js'
import { PatientProvider } from '../salvage/patient-provider.js'
import { type SalvageReport, salvageBatches } from '../salvage/salvage-batches.js'
import { Spool } from '../salvage/spool.js'
import { countOf, countText } from '../screen/number-text.js'
import { salvageLines, salvageObject } from '../screen/salvage-screen.js'
import type { CommandSettings } from '../settings/command-settings.js'

/** Flags of `salvage`, as they were typed. */
export interface SalvageFlags {
  readonly output: string
  readonly batch?: readonly string[] | undefined
  readonly since?: string | undefined
  readonly input?: readonly string[] | undefined
  readonly keyColumn?: string | undefined
  readonly inputFormat?: string | undefined
  readonly delimiter?: string | undefined
  readonly baseUrl?: string | undefined
  readonly json?: boolean | undefined
  /** What else is said of the settings of this folder. Default: nothing. */
  readonly settings?: CommandSettings | undefined
}

interface Salvaging {
  readonly flags: SalvageFlags
  readonly choice: Choice
  readonly input: InputSettings | null
  readonly log: WorkLog
  readonly signal: AbortSignal
}

/**
 * Writes what the provider still has of the results of a store that is lost. It changes nothing anywhere but the output, and
 * the output only when it has at least as much of each batch as before.
 *
 * @throws {ConfigError} when a flag can't be used, or the key is missing or refused.
 */
export async function salvage(flags: SalvageFlags): Promise<number> {
  const choice = choiceOf(flags)
  const input = inputOf(flags)
  if (/\.(?:csv|tsv|tab)$/i.test(flags.output)) throw notCsv(flags.output)
  const log = workLog(flags.json === true)
  using interrupts = new Interrupts({ graceMs: DEFAULT_GRACE_MS, say: log.say })
  interrupts.isUnderWay = false
  try {
    return await salvageTo({ flags, choice, input, log, signal: interrupts.signal })
  } catch (error) {
    if (!(error instanceof InterruptedReading)) throw error
    log.say('interrupted; nothing was written, and the same command begins anew')
    return EXIT.interrupted
  }
}

async function salvageTo({ flags, choice, input, log, signal }: Salvaging): Promise<number> {
  const place = providerOf(flags)
  requireProvider({ ...place, clock: null })
  const { book: prices } = await folderPrices(flags.settings?.file?.settings.prices ?? null)
  const besidePath = resolve('halfrate.db')
  const keys = input === null ? null : await openInputKeys(input, { besidePath, signal })
  try {
    const kept = { inputIdentities: keys?.identities ?? new Set<string>(), store: besidePath }
    const target = await openOutputTarget(flags.output, kept)
    const book = new KeyBook()
    for await (const key of keys?.keys() ?? []) {
      if (signal.aborted) throw new InterruptedReading('interrupted')
      book.add(key)
    }
    const view = await openProviderView(place)
    await view.checkAccess(signal)
    const provider = new PatientProvider(view, signal)
    const salvaged = await writeSalvage(target, { provider, choice, book, prices, log })
    say(salvaged, { target, flags, inputName: keys?.name ?? null, log })
    if (salvaged.refusal !== null) throw salvaged.refusal
    return exitCodeOf(salvaged.report)
  } finally {
    await keys?.close()
  }
}

/** What was found, and whether it stands in the output now. */
interface Salvaged {
  readonly report: SalvageReport
  readonly isWritten: boolean
  /** Why an output that is there was left as it is. */
  readonly refusal: OutputError | null
}

async function writeSalvage(
  target: OutputTarget,
  params: {
    readonly provider: PatientProvider
    readonly choice: Choice
    readonly book: KeyBook
    readonly prices: PriceBook
    readonly log: WorkLog
  },
): Promise<Salvaged> {
  const { log } = params
  const spool = await Spool.open(target.type === 'file' ? target.path : resolve('salvaged'))
  const writer = await openRowWriter(target)
  try {
    const report = await salvageBatches({
      ...params,
      spool,
      writer,
      onBatch: (batchId, found) => log.say(`${batchId}: ${countOf(found, 'result')}`),
      onProgress: (done, all) =>
        log.say(`looked at ${countText(done)} of ${countText(all)} batches`),
    })
    const { rows, byBatch } = report.written
    const refusal = rows === 0 ? null : await refusalToReplace(target, byBatch)
    // Nothing is no reason to replace a file by an empty one.
    const isWritten = refusal === null && rows > 0
    await (isWritten ? writer.finish() : writer.abandon())
    return { report, isWritten, refusal }
  } catch (error) {
    await writer.abandon()
    throw error
  } finally {
    await spool.close()
  }
}

function exitCodeOf(report: SalvageReport): number {
  const { written, running, gone, unread, short } = report
  const isAll = [running, gone, unread, short].every((batches) => batches.length === 0)
  const isUsable = written.rows > 0 && written.usable === written.requests
  return isAll && isUsable ? EXIT.usable : EXIT.someNotUsable
}

function say(
  { report, isWritten, refusal }: Salvaged,
  params: {
    readonly target: OutputTarget
    readonly flags: SalvageFlags
    readonly inputName: string | null
    readonly log: WorkLog
  },
): void {
  const { target, flags, inputName, log } = params
  const isStdout = target.type === 'stdout'
  const output = isStdout ? null : target.name
  if (flags.json !== true) {
    for (const line of salvageLines(report, { output, isWritten, inputName })) log.say(line)
    return
  }
  const written = output === null || !isWritten ? null : resolve(output)
  const exit_code = refusal === null ? exitCodeOf(report) : EXIT.couldNotWork
  const stream = isStdout ? process.stderr : process.stdout
  stream.write(`${JSON.stringify({ ...salvageObject(report, written), exit_code })}\n`)
}

function choiceOf({ batch, since }: SalvageFlags): Choice {
  if (batch !== undefined && since !== undefined) throw twoFlags('--batch', '--since')
  if (batch === undefined) {
    return { type: 'since', since: since === undefined ? null : sinceFlag('--since')(since) }
  }
  const wrong = batch.find((id) => !/^[A-Za-z0-9_-]{1,200}$/.test(id))
  if (wrong === undefined) return { type: 'ids', ids: batch as readonly RemoteId[] }
  throw new ConfigError(
    `--batch: expected the id of a batch, as msgbatch_…, got ${JSON.stringify(wrong)}.`,
    'Correct the flag. Nothing was changed.',
  )
}

function inputOf(flags: SalvageFlags): InputSettings | null {
  const { input: files, inputFormat = null, keyColumn = null, delimiter } = flags
  if (files !== undefined) {
    const [file = ''] = files
    return { files, format: inputFormat, keyColumn, delimiter: delimiterOf(file, delimiter) }
  }
  const lonely = {
    '--input-format': inputFormat,
    '--key-column': keyColumn,
    '--delimiter': delimiter,
  }
  const flag = Object.entries(lonely).find(([, value]) => (value ?? null) !== null)?.[0]
  if (flag === undefined) return null
  throw new ConfigError(`${flag} goes with --input.`, 'Add --input FILE, or leave it out.')
}

function notCsv(output: string): ConfigError {
  return new ConfigError(
    `-o ${output}: expected a name for JSON Lines, which is what a salvage writes.`,
    'Name it as in: -o salvaged.jsonl. Nothing was changed.',
  )
}
