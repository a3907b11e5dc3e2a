import type { EngineEvent, TickReport } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { EngineHost } from '../run/engine-host.js'
import { Interrupts } from '../run/interrupts.js'
import {
  openExistingStore,
  placeOf,
  requireProvider,
  type StoreFlags,
} from '../run/store-options.js'
import { eventText } from '../screen/event-text.js'
import { instantText } from '../screen/time-text.js'
import { visibleText } from '../screen/visible-text.js'

/** Flags of `work`. */
export interface WorkFlags extends StoreFlags {
  readonly once?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Runs the engine alone: until it is interrupted, or with `once` until nothing is due. */
export async function work(flags: WorkFlags): Promise<number> {
  const log = workLog(flags.json === true)
  const place = placeOf(flags)
  requireProvider(place)
  await using half = await openExistingStore(place, { observer: { onEvent: log.event } })
  log.say(`store ${place.store}`)
  await half.checkAccess()
  return flags.once === true ? await workOnce(half, log) : await workOn(half, log)
}

interface WorkLog {
  say(text: string): void
  event(event: EngineEvent): void
}

function workLog(json: boolean): WorkLog {
  const write = (text: string, object: object): void => {
    process.stderr.write(`${json ? JSON.stringify(object) : visibleText(text)}\n`)
  }
  return {
    say: (text) => write(text, { type: 'notice', message: text }),
    event: (event) => {
      const text = eventText(event)
      if (text !== null) write(text, { ...event, at: new Date(event.at).toISOString() })
    },
  }
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
