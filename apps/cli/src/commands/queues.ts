import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type HandPause,
  pauseSetting,
  pausesOf,
  type QueueOverview,
  queuePauseSetting,
} from '@halfrate/core'
import { type Halfrate, storeText } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { handPauseTexts } from '../run/hand-pauses.js'
import { readPolicy } from '../run/read-policy.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { queueObject } from '../screen/queue-object.js'
import { type QueueFacts, queuesScreen } from '../screen/queues-screen.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `queues` and of what it does to one queue. */
export interface QueuesFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

/** Shows every queue of a store: what waits and since when, what is at Claude, its policy, its pause. */
export async function queues(flags: QueuesFlags): Promise<number> {
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const { store } = half
  const overviews = await store.listQueues({ project: DEFAULT_PROJECT })
  const found = await Promise.all(overviews.map((overview) => factsOf(half, overview)))
  const account = pausesOf((await store.getSetting(pauseSetting(DEFAULT_ACCOUNT)))?.value)
  const now = await store.now()
  const name = storeText(place.store)
  if (flags.json === true) {
    const object = { type: 'queues', store: name, queues: found.map(queueObject) }
    process.stdout.write(`${JSON.stringify(object)}\n`)
    return EXIT.usable
  }
  const flag = storeFlag(place)
  const paused = await handPauseTexts(store, now, flag)
  const facts = { now, store: name, storeFlag: flag, account, paused, queues: found }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => queuesScreen(facts, width), { colours: !noColour })
  return EXIT.usable
}

async function factsOf(half: Halfrate, overview: QueueOverview): Promise<QueueFacts> {
  const setting = await half.store.getSetting(queuePauseSetting(DEFAULT_PROJECT, overview.queue))
  return {
    overview,
    policy: await readPolicy(half, overview.queue),
    pause: (setting?.value ?? null) as HandPause | null,
  }
}
