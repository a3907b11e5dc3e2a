import type { Store, Job as StoredJob } from '@halfrate/core'

/** What canceling a job did. Rows that were done before stay as they were, and are in no figure. */
export interface CanceledRows {
  /** Canceled at once; they are never sent. */
  readonly canceled: number
  /**
   * At Claude, or on the way there. What Claude answers all the same is paid and kept; the others become canceled.
   */
  readonly atClaude: number
}

/** Cancels every row of a job that is not done, page by page. Calling it again does no harm. */
export async function cancelJob(store: Store, job: StoredJob): Promise<CanceledRows> {
  const { project, id: jobId } = job
  const done = { canceled: 0, atClaude: 0 }
  for (let afterId = 0; ; ) {
    const page = await store.listRequests({
      scope: { project, jobId },
      states: ['waiting', 'assigned'],
      ...{ afterId, limit: store.traits.pageLimit },
    })
    const last = page.at(-1)
    if (last === undefined) return done
    afterId = last.id
    const requestIds = page.map(({ id }) => id)
    const { canceled, withdrawn, flagged } = await store.cancel({
      ...{ project, requestIds, reason: 'canceled' },
    })
    done.canceled += canceled + withdrawn
    done.atClaude += flagged
  }
}
