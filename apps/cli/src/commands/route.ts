import { DEFAULT_ACCOUNT, DEFAULT_PROJECT, DEFAULT_QUEUE } from '@halfrate/core'
import { adviseRows } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { type DeadlineFlags, deadlineFlag } from '../flags/deadline-flag.js'
import { queueFlag } from '../flags/queue-flag.js'
import { openRequestSource } from '../input/request-source.js'
import { dryRunPlace } from '../run/dry-run-place.js'
import { besideStore, openStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { routeLines, routeObject } from '../screen/route-lines.js'
import { printAnswer } from '../terminal/print-answer.js'
import { refuseEmpty } from './enqueue.js'

/** Flags of `route`. */
export interface RouteFlags extends StoreFlags, DeadlineFlags {
  readonly queue?: string | undefined
  readonly waiting?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Says which route the requests of a file are best sent by, why, and what either costs. Nothing is stored or sent.
 *
 * @throws {InvalidInputError} when a line can't be taken.
 */
export async function route(file: string, flags: RouteFlags): Promise<number> {
  const queue = flags.queue === undefined ? DEFAULT_QUEUE : queueFlag('--queue')(flags.queue)
  const given = placeOf(flags)
  const source = await openRequestSource({
    files: [file],
    rows: null,
    besidePath: besideStore(given.store),
    signal: new AbortController().signal,
    say: () => undefined,
  })
  try {
    await using dry = await dryRunPlace(given)
    await using half = await openStore(dry.place)
    const { store, prices: book, clock, settings } = half
    const at = clock.now()
    const deadlineAt = deadlineFlag(flags, at)
    const advice = await adviseRows({
      ...{ store, project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT, queue, deadlineAt },
      pricing: { book, at },
      callsAtOnce: settings.callsAtOnce,
      rows: source.read().rows,
      isAwaited: flags.waiting === true,
    })
    if (advice.rows === 0) throw refuseEmpty(source.name, 'Nothing was looked at.')
    printAnswer(flags.json, { object: routeObject(queue, advice), lines: routeLines(advice) })
    const isKept = advice.advised.every(({ isInTime }) => isInTime !== false)
    return isKept ? EXIT.usable : EXIT.someNotUsable
  } finally {
    await source.close()
  }
}
