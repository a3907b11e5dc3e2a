import { setTimeout as wait } from 'node:timers/promises'
import {
  DEFAULT_PROJECT,
  isSendingStopped,
  RECOVERED_HOME,
  RECOVERY_SETTING,
  type Recovery,
} from '@halfrate/core'
import { EngineHost, type Halfrate, storeText } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { DEFAULT_GRACE_MS } from '../run/grace.js'
import { heldBackText } from '../run/held-back.js'
import { Interrupts } from '../run/interrupts.js'
import { rememberJob } from '../run/known-jobs.js'
import { storeFlag } from '../run/self-command.js'
import {
  openExistingStore,
  placeOf,
  requireProvider,
  type StoreFlags,
} from '../run/store-options.js'
import { type WorkLog, workLog } from '../run/work-log.js'
import { commandText, ledEvent } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'

/** Flags of `recover`. */
export interface RecoverFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

// How often the store is asked how far it is. Real time.
const LOOK_MS = 500

/** Takes in what a restored store lacks, in this process or in the worker that runs, and waits until it is done. */
export async function recover(flags: RecoverFlags): Promise<number> {
  const log = workLog(flags.json === true)
  const place = placeOf(flags)
  requireProvider(place)
  const flag = storeFlag(place)
  const graceMs = DEFAULT_GRACE_MS
  using interrupts = new Interrupts({ graceMs, say: log.say })
  await using half = await openExistingStore(place, {
    observer: { onEvent: (event) => log.event(ledEvent(event, flag)) },
  })
  await half.checkAccess(interrupts.signal)
  await (await half.engine()).recover()
  log.say(`store ${storeText(place.store)}`)
  log.say(`held back: ${await heldBackText(half, await half.store.now(), { storeFlag: flag })}`)
  const host = new EngineHost({
    half,
    onOtherWorker: (worker) => {
      if (worker !== null) log.say(`the worker that runs on this store (${worker}) does it`)
    },
  })
  const ended = await Promise.race([
    untilEnded(half, interrupts.signal),
    host.finished.then(() => null),
  ])
  await host.stop({ graceMs, cut: interrupts.cut })
  if (ended === null) {
    log.say(`interrupted; ${commandText('work', flag)}, or the same command, goes on with it`)
    return EXIT.interrupted
  }
  await sayResult(half, ended, log, flag)
  return EXIT.usable
}

async function untilEnded(half: Halfrate, signal: AbortSignal): Promise<Recovery | null> {
  while (!signal.aborted) {
    const setting = await half.store.getSetting(RECOVERY_SETTING)
    const recovery = (setting?.value ?? null) as Recovery | null
    if (recovery !== null && !isSendingStopped(recovery)) return recovery
    await wait(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
  return null
}

async function sayResult(
  half: Halfrate,
  recovery: Recovery,
  log: WorkLog,
  storeOption: string,
): Promise<void> {
  log.say(
    `recovered: ${countOf(recovery.imported ?? 0, 'batch', 'batches')} taken in; ${commandText('work', storeOption)} goes on sending`,
  )
  const aside = (recovery.batches ?? []).filter(({ vanished }) => vanished)
  for (const { remoteId } of aside) {
    log.say(`batch ${remoteId} could not be read; it is tried again every day`)
  }
  const { job } = RECOVERED_HOME
  const found = await half.store.findJob({ project: DEFAULT_PROJECT, name: job })
  if (found === null) return
  await rememberJob(half.store, job)
  const rows = countOf(found.rowCount, 'row')
  log.say(`${rows} that this store had lost: ${commandText(`results --job ${job}`, storeOption)}`)
}
