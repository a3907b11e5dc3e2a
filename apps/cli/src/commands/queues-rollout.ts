import { DEFAULT_PROJECT } from '@halfrate/core'
import { rolloutOf } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { durationFlag } from '../flags/duration-flag.js'
import { queueFlag } from '../flags/queue-flag.js'
import { sinceFlag } from '../flags/since-flag.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { rolloutObject, rolloutScreen } from '../screen/rollout-screen.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `queues rollout`. */
export interface QueuesRolloutFlags extends StoreFlags {
  readonly since?: string | undefined
  readonly within?: string | undefined
  readonly json?: boolean | undefined
}

const USUAL_SINCE = '7d'
const USUAL_WITHIN = '24h'

/** Compares what a queue's requests came to in batches and in real time, and says whether more may go in batches. */
export async function queuesRollout(name: string, flags: QueuesRolloutFlags): Promise<number> {
  const queue = queueFlag('<name>')(name)
  const withinMs = durationFlag('--within')(flags.within ?? USUAL_WITHIN)
  const sinceOf = sinceFlag('--since')(flags.since ?? USUAL_SINCE)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const { store } = half
  const since = sinceOf(await store.now())
  const stand = await rolloutOf({ store, project: DEFAULT_PROJECT, queue, since, withinMs })
  printAnswer(flags.json, {
    object: rolloutObject(stand, withinMs),
    lines: rolloutScreen(stand, { withinMs, storeFlag: storeFlag(place) }),
  })
  return stand.verdict.verdict === 'unsafe' ? EXIT.someNotUsable : EXIT.usable
}
