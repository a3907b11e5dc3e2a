import type { Job } from '../model/job.js'
import { type JobPrimer, jobPrimerSetting } from '../model/job-primer.js'
import { offeredPrimer } from '../policy/caching/offered-primer.js'
import type { PrefixTally } from '../policy/caching/prefix-tally.js'
import type { Store } from '../ports/store.js'

/**
 * Writes down what the rows of a part share that is about to be accepted, so that planning can decide whether one of them goes first. A
 * primer that is away stays: what comes now waits for it too.
 */
export async function offerPrimer(
  store: Pick<Store, 'getSetting' | 'putSetting' | 'now'>,
  { id, project }: Pick<Job, 'id' | 'project'>,
  tally: PrefixTally | null,
): Promise<void> {
  const prefixes = tally?.shared() ?? []
  if (prefixes.length === 0) return
  const name = jobPrimerSetting(project, id)
  const stored = await store.getSetting(name)
  const before = (stored?.value ?? null) as JobPrimer | null
  const value = offeredPrimer(before, prefixes, await store.now())
  if (value === null) return
  // Whoever was faster has decided about an older part, or offered for this one.
  await store.putSetting({ ...name, value, ifVersion: stored?.version ?? null })
}
