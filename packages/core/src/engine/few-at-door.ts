import type { AccountId, ProjectId, QueueName } from '../model/ids.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { ResultRow } from '../model/result-row.js'
import { DAY_MS, type EpochMs } from '../model/time.js'
import { asksFew, type FewAtDoor } from '../policy/routing/routed-at-door.js'
import type { Store } from '../ports/store.js'

type FewStore = Pick<Store, 'now'> & Partial<Pick<Store, 'readResults' | 'queueFacts' | 'traits'>>
type Place = Readonly<{ project: ProjectId; queue: QueueName; account: AccountId }>
type RowsAfter = (afterId: number, limit: number) => Promise<readonly ResultRow[]>

/**
 * How few requests a queue has, and which lanes wait for a batch of the account; null where its policy does not ask that, or a store can't be asked.
 */
export async function fewAtDoor(
  store: FewStore,
  { project, queue, account }: Place,
  policy: Pick<QueuePolicy, 'routing' | 'whenFew' | 'fewADay'>,
): Promise<FewAtDoor | null> {
  const { readResults, queueFacts, traits } = store
  if (!asksFew(policy) || !readResults || !queueFacts || !traits) return null
  const facts = await queueFacts.call(store, { project, queue, upTo: 1, except: [] })
  const place = { project, queue, doneFrom: 0 }
  const rowsAfter: RowsAfter = (afterId, limit) =>
    readResults.call(store, { ...place, afterId, limit })
  const first = await firstSince(rowsAfter, (await store.now()) - DAY_MS)
  const most = { pageLimit: traits.pageLimit, upTo: policy.fewADay }
  return {
    requestsADay: first === null ? 0 : await countFrom(rowsAfter, first, most),
    waitingLanes: new Set(
      facts.groups.filter((group) => group.account === account).map(({ lane }) => lane),
    ),
  }
}

async function countFrom(
  rowsAfter: RowsAfter,
  first: number,
  { pageLimit, upTo }: { readonly pageLimit: number; readonly upTo: number },
): Promise<number> {
  let count = 0
  for (let afterId = first - 1; count < upTo; ) {
    const limit = Math.min(pageLimit, upTo - count)
    const page = await rowsAfter(afterId, limit)
    count += page.length
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return count
    afterId = last.request.id
  }
  return count
}

// By halves: ids rise with the time, but nobody knows how fast. Some fifty looks at an index, or one in a queue that is new. Null for none.
async function firstSince(rowsAfter: RowsAfter, since: EpochMs): Promise<number | null> {
  const [oldest] = await rowsAfter(0, 1)
  if (oldest === undefined || oldest.request.createdAt >= since) return oldest?.request.id ?? null
  let [low, high] = [oldest.request.id, Number.MAX_SAFE_INTEGER]
  let found: number | null = null
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    const [next] = await rowsAfter(middle, 1)
    if (next === undefined) {
      high = middle
      continue
    }
    const { id, createdAt } = next.request
    if (createdAt < since) {
      low = id
      continue
    }
    found = id
    high = middle
  }
  return found
}
