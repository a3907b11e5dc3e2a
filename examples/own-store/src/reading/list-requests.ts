import type { Request } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { Session } from '../session.js'
import { type RequestPage, requestPage } from './scope.js'

/** See `ReadStore.listRequests`. Each page of an index is a step, so one that finds few does not hold up others. */
export async function listRequests(
  session: Session,
  params: In<'listRequests'>,
): Promise<readonly Request[]> {
  const limit = session.pageOf(params.limit)
  const { scope, states } = params
  const found: Request[] = []
  for (let after: number | null = params.afterId; after !== null && found.length < limit; ) {
    const options = { states, after, older: false, limit } as const
    const page: RequestPage = await session.step((step) => requestPage(step, scope, options))
    found.push(...page.rows.map(({ request }) => request))
    after = page.next
  }
  return found.slice(0, limit)
}
