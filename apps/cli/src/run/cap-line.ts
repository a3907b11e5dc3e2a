import {
  admitPage,
  type Job,
  type JobId,
  laneOf,
  type NanoUsd,
  type RequestId,
  type Spending,
  type WaitingGroup,
  type WaitingRequest,
} from '@halfrate/core'
import { holdOf } from '@halfrate/core/money'
import type { Halfrate } from '@halfrate/runtime'

/** How the rows of a job that are due stand to its cap, in the order in which they join batches. */
export interface CapLine {
  /** Due rows that fit, with those before them; no more than were read. */
  readonly fitting: ReadonlySet<RequestId>
  /** Set where one does not fit, behind which all others wait: the cap at which it would, null when nobody can tell. */
  readonly first: { readonly neededNano: NanoUsd | null } | null
}

// Others may stand before the rows of a job; more of them than these are not looked through.
const MOST_PAGES = 20

/** Looks at most `limit` rows into each group of the job's queue, as planning would. */
export async function capLineOf(
  half: Pick<Halfrate, 'store' | 'clock' | 'prices'>,
  job: Pick<Job, 'id' | 'project' | 'queue'>,
  budget: { readonly capNano: NanoUsd; readonly spending: Spending },
  limit: number,
): Promise<CapLine> {
  const { id, project, queue } = job
  const { groups } = await half.store.queueFacts({ project, queue, upTo: 1 })
  const by = { at: half.clock.now(), book: half.prices }
  const priced: (WaitingRequest & { readonly holdNano: NanoUsd | null })[] = []
  for (const group of groups) {
    const { route } = laneOf(group.lane)
    for (const row of await rowsOf(half, { job, group, limit })) {
      priced.push({ ...row, holdNano: holdOf({ ...row, ...by, route }) })
    }
  }
  const { admitted, stopped } = admitPage(priced, new Map([[id, budget]]))
  const neededNano = stopped.get(id)
  return {
    fitting: new Set(admitted.map((row) => row.id)),
    first: neededNano === undefined ? null : { neededNano },
  }
}

async function rowsOf(
  { store }: Pick<Halfrate, 'store'>,
  of: {
    readonly job: Pick<Job, 'id' | 'project' | 'queue'>
    readonly group: WaitingGroup
    readonly limit: number
  },
): Promise<readonly WaitingRequest[]> {
  const { project, queue, id } = of.job
  const { account, lane, batchLimit, maxId } = of.group
  const except = new Set<JobId>()
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await store.readWaiting({
      ...{ project, queue, account, lane, batchLimit, maxId, limit: of.limit },
      except: [...except],
    })
    const own = found.filter(({ jobId }) => jobId === id)
    const others = found.flatMap(({ jobId }) => (jobId === null || jobId === id ? [] : [jobId]))
    if (own.length > 0 || others.length === 0) return own
    for (const other of others) except.add(other)
  }
  return []
}
