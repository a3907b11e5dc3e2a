import type { EngineEvent, TickReport } from '@halfrate/core'
import { EngineHost, type Halfrate, storeText } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { afterAbsence } from '../flags/parse-flag.js'
import { graceFlag } from '../run/grace.js'
import { heldBackText } from '../run/held-back.js'
import { Interrupts } from '../run/interrupts.js'
import { storeFlag } from '../run/self-command.js'
import {
  openExistingStore,
  placeOf,
  requireProvider,
  type StoreFlags,
} from '../run/store-options.js'
import { waitForStore } from '../run/wait-for-store.js'
import { type WorkLog, workLog } from '../run/work-log.js'
import { commandText, ledEvent } from '../screen/command-text.js'
import { instantText } from '../screen/time-text.js'

/** Flags of `work`. */
export interface WorkFlags extends StoreFlags {
  readonly once?: boolean | undefined
  readonly json?: boolean | undefined
  readonly afterAbsence?: string | undefined
  readonly grace?: string | undefined
}

interface Working {
  readonly half: Halfrate
  readonly log: WorkLog
  readonly graceMs: number
  readonly interrupts: Interrupts
  /** Leads a command that is shown to the same store. */
  readonly flag: string
}

/**
 * Runs the engine alone: until it is told to stop, or with `once` until nothing is due.
 *
 * Without `once` it waits for a store that is away, at its start as later.
 */
export async function work(flags: WorkFlags): Promise<number> {
  const log = workLog(flags.json === true)
  const place = placeOf(flags)
  requireProvider(place)
  const flag = storeFlag(place)
  const graceMs = graceFlag(flags.grace)
  using interrupts = new Interrupts({ graceMs, say: log.say })
  const asked = flags.afterAbsence === undefined ? undefined : afterAbsence(flags.afterAbsence)
  const onEvent = (event: EngineEvent): void => {
    // A step that was cut off is no failure, and is not tried again here.
    if (event.type !== 'step_failed' || !interrupts.cut.aborted) log.event(ledEvent(event, flag))
  }
  const open = () => openExistingStore(place, { observer: { onEvent }, afterAbsence: asked })
  const { signal } = interrupts
  await using half =
    flags.once === true ? await open() : await waitForStore(open, { say: log.say, signal })
  if (half === null) return stopped({ log, interrupts, flag })
  log.say(`store ${storeText(place.store)}`)
  await half.checkAccess(signal)
  const working = { half, log, graceMs, interrupts, flag }
  return flags.once === true ? await workOnce(working) : await workOn(working)
}

// To be told to stop is how it ends, so that is no failure; to be cut off is what another command would call interrupted.
function stopped({ log, interrupts, flag }: Pick<Working, 'log' | 'interrupts' | 'flag'>): number {
  log.say(`stopped; ${commandText('work', flag)} goes on with what is left`)
  return interrupts.cut.aborted ? EXIT.interrupted : EXIT.usable
}

async function workOn(working: Working): Promise<number> {
  const { half, log, graceMs, interrupts } = working
  const host = new EngineHost({
    half,
    onOtherWorker: (worker) => {
      if (worker !== null)
        log.say(`another worker (${worker}) runs on this store; waiting for its place`)
    },
  })
  await Promise.race([interrupts.asked(), host.finished])
  await host.stop({ graceMs, cut: interrupts.cut })
  return stopped(working)
}

// Rounds follow each other as long as they find something to do.
async function workOnce(working: Working): Promise<number> {
  const { half, log, graceMs, interrupts, flag } = working
  const engine = await half.engine()
  const stop = (ms: number) => () => void engine.stop({ graceMs: ms * half.clockFactor })
  interrupts.signal.addEventListener('abort', stop(graceMs), { once: true })
  interrupts.cut.addEventListener('abort', stop(0), { once: true })
  try {
    let report: TickReport
    do report = await engine.tick()
    while (report.progressed)
    if (interrupts.signal.aborted) return stopped(working)
    const now = await half.store.now()
    const heldBack = await heldBackText(half, now, { storeFlag: flag })
    if (heldBack !== null) log.say(`held back: ${heldBack}`)
    log.say(nextText(report.nextDueAt, now))
    return report.failed === 0 ? EXIT.usable : EXIT.couldNotWork
  } finally {
    await engine.stop({ graceMs: 0 })
  }
}

function nextText(dueAt: number | null, now: number): string {
  if (dueAt === null) return 'nothing is due'
  return dueAt <= now ? 'next: due now' : `next: due ${instantText(dueAt, now)}`
}
