import type { ProjectId, QueueName } from '../model/ids.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { ResultRow } from '../model/result-row.js'
import { DAY_MS, type EpochMs } from '../model/time.js'
import { asksFew, type FewAtDoor } from '../policy/routing/routed-at-door.js'
import type { Store } from '../ports/store.js'

type FewStore = Pick<Store, 'now'> & Partial<Pick<Store, 'readResults' | 'queueFacts'>>
type Place = Readonly<{ project: ProjectId; queue: QueueName }>
type RowsAfter = (afterId: number, limit: number) => Promise<readonly ResultRow[]>

/** How few requests a queue has; null where its policy does not ask that, or a store can't be asked. */
export async function fewAtDoor(
  store: FewStore,
  { project, queue }: Place,
  policy: Pick<QueuePolicy, 'routing' | 'whenFew' | 'fewADay'>,
): Promise<FewAtDoor | null> {
  const { readResults, queueFacts } = store
  if (!asksFew(policy) || readResults === undefined || queueFacts === undefined) return null
  const facts = await queueFacts.call(store, { project, queue, upTo: 1, except: [] })
  const place = { project, queue, doneFrom: 0 }
  const rowsAfter: RowsAfter = (afterId, limit) =>
    readResults.call(store, { ...place, afterId, limit })
  const first = await firstSince(rowsAfter, (await store.now()) - DAY_MS)
  const newest = first === null ? [] : await rowsAfter(first - 1, policy.fewADay)
  return {
    requestsADay: newest.length,
    waitingLanes: new Set(facts.groups.map(({ lane }) => lane)),
  }
}

// By halves: ids rise with the time, but nobody knows how fast. Some fifty looks at an index. Null for none.
async function firstSince(rowsAfter: RowsAfter, since: EpochMs): Promise<number | null> {
  let [low, high] = [0, Number.MAX_SAFE_INTEGER]
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
