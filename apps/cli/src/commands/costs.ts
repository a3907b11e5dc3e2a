import { ConfigError, DEFAULT_PROJECT, type EpochMs } from '@halfrate/core'
import { isCostDimension } from '@halfrate/core/money'
import { costsReport, dayOf, type Halfrate } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { type CostWindowFlags, costWindow } from '../costs/cost-window.js'
import { costsCsv } from '../costs/costs-csv.js'
import { costsObject } from '../costs/costs-object.js'
import { checkReconcileFlags, reconcile } from '../costs/reconcile.js'
import { reconcileObject } from '../costs/reconcile-object.js'
import { EXIT } from '../exit-code.js'
import { oneOf } from '../flags/parse-flag.js'
import { queueFlag } from '../flags/queue-flag.js'
import { findJob } from '../run/find-job.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, type Place, placeOf, type StoreFlags } from '../run/store-options.js'
import { checkQueue } from '../scope/known-queue.js'
import { costsScreen } from '../screen/costs-screen.js'
import { reconcileScreen } from '../screen/reconcile-screen.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `costs`. */
export interface CostsFlags extends StoreFlags, CostWindowFlags {
  readonly by?: string | undefined
  readonly queue?: string | undefined
  readonly job?: string | undefined
  readonly timeZone?: string | undefined
  readonly format?: string | undefined
  readonly reconcile?: boolean | undefined
  readonly json?: boolean | undefined
}

const FORMATS = ['table', 'csv', 'json'] as const

/** Says what was paid, and what that saved, told apart as asked. It asks the store, and with `--reconcile` the provider. */
export async function costs(flags: CostsFlags): Promise<number> {
  const format = flags.json === true ? 'json' : oneOf('--format', FORMATS)(flags.format ?? 'table')
  const by = byFlag(flags.by ?? 'model')
  const { timeZone = 'UTC' } = flags
  const dayOfAt = dayOf(timeZone)
  const place = placeOf(flags)
  if (flags.reconcile === true) return await reconciled(flags, { place, format, dayOfAt })
  await using half = await openExistingStore(place)
  const window = costWindow(flags, { now: await half.store.now(), dayOfAt })
  const scope = await scopeOf(half, flags, storeFlag(place))
  const report = await costsReport(
    { store: half.store, project: DEFAULT_PROJECT, book: half.prices },
    {
      ...{ by, timeZone, ...scope },
      ...{ since: window.since ?? undefined, until: window.until ?? undefined },
    },
  )
  if (format === 'csv') process.stdout.write(costsCsv(report))
  else if (format === 'json') {
    process.stdout.write(`${JSON.stringify(costsObject(report, window, EXIT.usable))}\n`)
  } else {
    const { noColour } = readEnvironment()
    printLines(process.stdout, (width) => costsScreen(report, width), { colours: !noColour })
  }
  return EXIT.usable
}

// What is told apart by days, models and workspaces on both sides.
async function reconciled(
  flags: CostsFlags,
  {
    place,
    format,
    dayOfAt,
  }: {
    readonly place: Place
    readonly format: (typeof FORMATS)[number]
    readonly dayOfAt: (at: EpochMs) => string
  },
): Promise<number> {
  checkReconcileFlags({ ...flags })
  if (format === 'csv') {
    throw new ConfigError('--reconcile: expected --format table or json, got csv.', 'Correct it.')
  }
  const { adminKey, noColour } = readEnvironment()
  await using half = await openExistingStore(place)
  const window = costWindow(flags, { now: await half.store.now(), dayOfAt })
  const found = await reconcile(half, { ...place, adminKey }, window)
  const exitCode = found.report.unexplained === 0 ? EXIT.usable : EXIT.someNotUsable
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(reconcileObject(found, exitCode))}\n`)
  } else {
    printLines(process.stdout, (width) => reconcileScreen(found, width), { colours: !noColour })
  }
  return exitCode
}

async function scopeOf(
  half: Halfrate,
  flags: CostsFlags,
  storeFlagText: string,
): Promise<{ readonly queue?: string; readonly job?: string }> {
  const scope: { queue?: string; job?: string } = {}
  if (flags.queue !== undefined) {
    const queue = queueFlag('--queue')(flags.queue)
    await checkQueue(half, queue)
    scope.queue = queue
  }
  if (flags.job !== undefined) scope.job = (await findJob(half, flags.job, storeFlagText)).name
  return scope
}

function byFlag(text: string): readonly string[] {
  const words = text.split(',').map((word) => word.trim())
  const wrong = words.find((word) => !isCostDimension(word))
  if (wrong === undefined) return [...new Set(words)]
  throw new ConfigError(
    `--by: expected some of project, queue, route, model, day, month, job, batch, account, workspace and label:NAME, with commas between them, got ${JSON.stringify(wrong)}.`,
    'Correct the flag.',
  )
}
