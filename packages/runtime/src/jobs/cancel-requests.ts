import type { RequestId, RequestScope, Store } from '@halfrate/core'

/** What canceling did, by what it could still do. What was done before, or canceled before, is in no figure. */
export interface CanceledRequests {
  /** Waited for a batch; never sent. */
  readonly canceled: number
  /** Taken out of a batch before it was sent. */
  readonly withdrawn: number
  /** At Claude, or on the way there. What Claude answers all the same is paid and kept; the others become canceled. */
  readonly flagged: number
}

const NOTHING: CanceledRequests = { canceled: 0, withdrawn: 0, flagged: 0 }

/** Cancels every request of a scope that is not done, page by page. Calling it again does no harm. */
export async function cancelScope(store: Store, scope: RequestScope): Promise<CanceledRequests> {
  let done = NOTHING
  for (let afterId = 0; ; ) {
    const page = await store.listRequests({
      ...{ scope, states: ['waiting', 'assigned'] },
      ...{ afterId, limit: store.traits.pageLimit },
    })
    const last = page.at(-1)
    if (last === undefined) return done
    afterId = last.id
    done = sumOf(
      done,
      await cancelPage(
        store,
        scope,
        page.map(({ id }) => id),
      ),
    )
  }
}

/** Cancels requests of a scope by their ids, page by page; those that are done stay as they are. */
export async function cancelRequests(
  store: Store,
  scope: RequestScope,
  ids: readonly RequestId[],
): Promise<CanceledRequests> {
  const { pageLimit } = store.traits
  let done = NOTHING
  for (let at = 0; at < ids.length; at += pageLimit) {
    done = sumOf(done, await cancelPage(store, scope, ids.slice(at, at + pageLimit)))
  }
  return done
}

function cancelPage(
  store: Store,
  { project }: RequestScope,
  requestIds: readonly RequestId[],
): Promise<CanceledRequests> {
  return store.cancel({ project, requestIds, reason: 'canceled' })
}

function sumOf(one: CanceledRequests, other: CanceledRequests): CanceledRequests {
  return {
    canceled: one.canceled + other.canceled,
    withdrawn: one.withdrawn + other.withdrawn,
    flagged: one.flagged + other.flagged,
  }
}
