import type { ProjectId, QueueName, ResultRow, Store } from '@halfrate/core'
import { type LearnedAnswer, learnedAnswer } from '@halfrate/core/money'

// A few blocks from all over a queue, more of them from its end: what was asked last is most like what is asked next.
const BLOCKS = 8
const BLOCK_ROWS = 16

type Place = Readonly<{ project: ProjectId; queue: QueueName }>

/**
 * What the answers to requests outside of jobs tell of a queue, by model, the newest first. It reads a hundred of them, however
 * many there are, and stores nothing: the same requests tell the same tomorrow.
 */
export async function looseAnswers(
  store: Pick<Store, 'readResults'>,
  place: Place,
): Promise<ReadonlyMap<string, readonly LearnedAnswer[]>> {
  const found = new Map<number, ResultRow>()
  const [first] = await rowsAfter(store, place, { afterId: 0, limit: 1 })
  if (first === undefined) return new Map()
  const last = await lastId(store, place, first.request.id)
  const span = last - first.request.id
  for (let block = 0; block < BLOCKS; block += 1) {
    const afterId = first.request.id - 1 + Math.floor(span * (1 - 2 ** -block))
    for (const row of await rowsAfter(store, place, { afterId, limit: BLOCK_ROWS })) {
      found.set(row.request.id, row)
    }
  }
  const answers = new Map<string, LearnedAnswer[]>()
  for (const { request, attempt } of [...found.values()].sort(byNewest)) {
    const usage = attempt?.outcome === 'succeeded' ? attempt.usage : null
    if (usage === null) continue
    answers.set(request.model, [
      ...(answers.get(request.model) ?? []),
      learnedAnswer(request, usage),
    ])
  }
  return answers
}

function byNewest(one: ResultRow, other: ResultRow): number {
  return other.request.id - one.request.id
}

// By halves: ids rise, but nobody knows how far. Some fifty looks at an index.
async function lastId(
  store: Pick<Store, 'readResults'>,
  place: Place,
  known: number,
): Promise<number> {
  let low = known
  let high = Number.MAX_SAFE_INTEGER
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2)
    const [next] = await rowsAfter(store, place, { afterId: middle - 1, limit: 1 })
    if (next === undefined) high = middle - 1
    else low = next.request.id
  }
  return low
}

function rowsAfter(
  store: Pick<Store, 'readResults'>,
  { project, queue }: Place,
  { afterId, limit }: Readonly<{ afterId: number; limit: number }>,
): Promise<readonly ResultRow[]> {
  return store.readResults({ project, queue, afterId, doneFrom: 0, limit })
}
