import type { TickReport } from '@halfrate/core'
import { type Halfrate, storeText } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { afterAbsence } from '../flags/parse-flag.js'
import { EngineHost } from '../run/engine-host.js'
import { heldBackText } from '../run/held-back.js'
import { Interrupts } from '../run/interrupts.js'
import {
  openExistingStore,
  placeOf,
  requireProvider,
  type StoreFlags,
} from '../run/store-options.js'
import { type WorkLog, workLog } from '../run/work-log.js'
import { instantText } from '../screen/time-text.js'

/** Flags of `work`. */
export interface WorkFlags extends StoreFlags {
  readonly once?: boolean | undefined
  readonly json?: boolean | undefined
  readonly afterAbsence?: string | undefined
}

/** Runs the engine alone: until it is interrupted, or with `once` until nothing is due. */
export async function work(flags: WorkFlags): Promise<number> {
  const log = workLog(flags.json === true)
  const place = placeOf(flags)
  requireProvider(place)
  await using half = await openExistingStore(place, {
    observer: { onEvent: log.event },
    afterAbsence: flags.afterAbsence === undefined ? undefined : afterAbsence(flags.afterAbsence),
  })
  log.say(`store ${storeText(place.store)}`)
  await half.checkAccess()
  return flags.once === true ? await workOnce(half, log) : await workOn(half, log)
}

async function workOn(half: Halfrate, log: WorkLog): Promise<number> {
  using interrupts = new Interrupts()
  const host = new EngineHost({
    half,
    onOtherWorker: (worker) => {
      if (worker !== null)
        log.say(`another worker (${worker}) runs on this store; waiting for its place`)
    },
  })
  const interrupted = new Promise<void>((resolve) => {
    interrupts.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([interrupted, host.finished])
  await host.stop()
  log.say('stopped; halfrate work goes on')
  return EXIT.interrupted
}

// Rounds follow each other as long as they find something to do.
async function workOnce(half: Halfrate, log: WorkLog): Promise<number> {
  const engine = await half.engine()
  try {
    let report: TickReport
    do report = await engine.tick()
    while (report.progressed)
    const now = await half.store.now()
    const heldBack = await heldBackText(half.store, now)
    if (heldBack !== null) log.say(`held back: ${heldBack}`)
    log.say(nextText(report, now))
    return report.failed === 0 ? EXIT.usable : EXIT.couldNotWork
  } finally {
    await engine.stop({ graceMs: 0 })
  }
}

function nextText({ nextDueAt }: TickReport, now: number): string {
  if (nextDueAt === null) return 'nothing is due'
  return nextDueAt <= now ? 'next: due now' : `next: due ${instantText(nextDueAt, now)}`
}
