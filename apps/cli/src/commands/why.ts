import { ConfigError, DEFAULT_PROJECT, type Job, keyHashOf, type RequestLife } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { findJob } from '../run/find-job.js'
import { heldBackText } from '../run/held-back.js'
import { readPolicy, resendNotBefore } from '../run/job-watch.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { type LifeFacts, requestLifeScreen } from '../screen/request-life-screen.js'
import { printLines } from '../terminal/print-lines.js'

/** Flags of `why`. */
export interface WhyFlags extends StoreFlags {
  readonly job?: string | undefined
}

/** Shows the life of one request and what it waits for. */
export async function why(key: string, flags: WhyFlags): Promise<number> {
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const job = await findJob(half, flags.job)
  const life = await findLife(half, job, key)
  const now = await half.store.now()
  const policy = await readPolicy(half, job.queue)
  const facts: LifeFacts = {
    life,
    job: job.name,
    storeFlag: storeFlag(place.store),
    now,
    heldBack: await heldBackText(half.store, now),
    resendNotBeforeAt: ({ submission }) => resendNotBefore(submission, policy, half),
  }
  const { noColour } = readEnvironment()
  printLines(process.stdout, (width) => requestLifeScreen(facts, { width }), { colours: !noColour })
  return EXIT.usable
}

async function findLife(half: Halfrate, job: Job, key: string): Promise<RequestLife> {
  const keyHash = keyHashOf(key, half.digest.hash128)
  const scope = { jobId: job.id }
  const life = await half.store.getRequest({ project: DEFAULT_PROJECT, scope, key, keyHash })
  if (life !== null) return life
  throw new ConfigError(
    `job "${job.name}" has no request with the key ${JSON.stringify(key)}.`,
    `halfrate results --job ${job.name} lists all of them.`,
  )
}
