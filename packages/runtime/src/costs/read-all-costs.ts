import type { EpochMs, ProjectId, Store } from '@halfrate/core'
import type { CostPlace, CostRow, CostsPage } from '@halfrate/core/money'
import { patiently } from '../jobs/patiently.js'

/** Which costs are read. */
export interface CostReading {
  readonly store: Pick<Store, 'readCosts' | 'traits'>
  readonly project: ProjectId
  /** From this instant on; null for the first there is. */
  readonly from: EpochMs | null
  /** Before this instant; null for all since. */
  readonly to: EpochMs | null
  /** Only those of this queue; null for every one. */
  readonly queue: string | null
  /** Only those of the job of this name; null for every one, and those outside of jobs. */
  readonly job: string | null
}

/** Reads costs to the end, page by page, and hands over each. What is booked meanwhile may be in it or not. */
export async function readAllCosts(
  reading: CostReading,
  take: (row: CostRow) => void,
): Promise<void> {
  const { store, project, queue, job } = reading
  const time = { from: reading.from ?? 0, to: reading.to ?? Number.MAX_SAFE_INTEGER }
  const limit = store.traits.pageLimit
  for (let after: CostPlace | null = null; ; ) {
    const from: CostPlace | null = after
    const page: CostsPage = await patiently(() =>
      store.readCosts({ project, ...time, after: from, limit }),
    )
    for (const row of page.rows) {
      if (queue !== null && row.queue !== queue) continue
      if (job === null || row.jobName === job) take(row)
    }
    if (page.next === null) return
    after = page.next
  }
}
