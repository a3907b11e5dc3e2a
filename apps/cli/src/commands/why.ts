import type { RequestLife } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { budgetWaitOf } from '../run/budget-wait.js'
import { canaryWaitOf } from '../run/canary-wait.js'
import { heldBackText, joined } from '../run/held-back.js'
import { resendNotBefore } from '../run/job-watch.js'
import { primerOfRequest } from '../run/primer-of-request.js'
import { readPolicy } from '../run/read-policy.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { livesOf, namedScope, type ScopeFlags } from '../scope/named-scope.js'
import { requestLifeObject } from '../screen/request-life-object.js'
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
  const where = await namedScope(half, flags, storeFlag(place))
  const [life] = (await livesOf(half, where, [key])) as [RequestLife]
  const now = await half.store.now()
  const policy = await readPolicy(half, where.queue)
  const facts: LifeFacts = {
    life,
    older: await olderOf(half, life),
    where: { text: where.text, flag: where.flag },
    storeFlag: storeFlag(place),
    now,
    heldBack: joined(
      await heldBackText(half, now, {
        queues: [life.request.queue],
        withBudgets: life.request.state === 'waiting',
        storeFlag: storeFlag(place),
      }),
      await canaryWaitOf(half, life.request, { job: where.flag, store: storeFlag(place) }),
    ),
    budget: await budgetWaitOf(half, life.request),
    primer: await primerOfRequest(half, life.request),
    resendNotBeforeAt: ({ submission }) => resendNotBefore(submission, policy, half),
  }
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(requestLifeObject(facts))}\n`)
    return EXIT.usable
  }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => requestLifeScreen(facts, { width }), { colours: !noColour })
  return EXIT.usable
}

// Few have been sent again often; the newest say most.
const MOST_OLDER = 10

async function olderOf({ store }: Halfrate, life: RequestLife): Promise<readonly RequestLife[]> {
  const { project } = life.request
  const ids = life.replaced.slice(0, MOST_OLDER)
  const older = await Promise.all(ids.map((id) => store.getRequest({ project, id })))
  return older.filter((each) => each !== null)
}
