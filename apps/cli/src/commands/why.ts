import type { RequestLife } from '@halfrate/core'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { heldBackText } from '../run/held-back.js'
import { readPolicy, resendNotBefore } from '../run/job-watch.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { livesOf, namedScope, type ScopeFlags } from '../scope/named-scope.js'
import { type LifeFacts, requestLifeScreen } from '../screen/request-life-screen.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `why`. */
export interface WhyFlags extends StoreFlags, ScopeFlags {
  readonly json?: boolean | undefined
}

/** Shows the life of one request and what it waits for. */
export async function why(key: string, flags: WhyFlags): Promise<number> {
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const where = await namedScope(half, flags)
  const [life] = (await livesOf(half, where, [key])) as [RequestLife]
  const now = await half.store.now()
  const policy = await readPolicy(half, where.queue)
  const facts: LifeFacts = {
    life,
    where: { text: where.text, flag: where.flag },
    storeFlag: storeFlag(place.store),
    now,
    heldBack: await heldBackText(half.store, now),
    resendNotBeforeAt: ({ submission }) => resendNotBefore(submission, policy, half),
  }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => requestLifeScreen(facts, { width }), { colours: !noColour })
  return EXIT.usable
}
