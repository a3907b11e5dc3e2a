import type { ResultRow, Store } from '@halfrate/core'
import { attemptPolicyOf } from '@halfrate/core/results'

/**
 * The same rows, and of each that was sent more than once by which policy the attempt was made that it ended with. Only those
 * are looked up, one by one.
 */
export async function* withPolicies(
  store: Pick<Store, 'getRequest'>,
  pages: AsyncIterable<readonly ResultRow[]>,
): AsyncGenerator<readonly ResultRow[], void, undefined> {
  for await (const page of pages) {
    const rows: ResultRow[] = []
    for (const row of page) rows.push(await withPolicy(store, row))
    yield rows
  }
}

async function withPolicy(store: Pick<Store, 'getRequest'>, row: ResultRow): Promise<ResultRow> {
  const { request, attempt } = row
  if (attempt === null || request.attemptCount <= 1 || request.state !== 'done') return row
  const life = await store.getRequest({ project: request.project, id: request.id })
  const ended = life?.attempts.find(({ attempt: { number } }) => number === attempt.number)
  if (life === null || ended === undefined) return row
  return { ...row, policy: attemptPolicyOf(ended, life.attempts, life.changedBodies) }
}
