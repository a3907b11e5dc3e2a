import type { JobId, WaitingRequest } from '@halfrate/core'
import type { In } from '../in-out.js'
import { groupOf, resourceOf } from '../keys.js'
import { readWireText } from '../rows/stored-request.js'
import type { Session } from '../session.js'

/** See `PlanningStore.readWaiting`. The wire order's own entries tell all that is asked. */
export function readWaiting(
  session: Session,
  params: In<'readWaiting'>,
): Promise<readonly WaitingRequest[]> {
  const limit = session.pageOf(params.limit)
  const except = new Set<JobId | null>(params.except ?? [])
  const key = session.keys.group('wire', resourceOf(params), groupOf(params))
  return session.step(async ({ connection, now }) => {
    const page: WaitingRequest[] = []
    for (let from = '-'; page.length < limit; ) {
      const bounds = [from, '+', 'BYLEX', 'LIMIT', '0', String(limit)]
      const members = await connection.ask<string[]>('ZRANGE', key, ...bounds)
      for (const member of members) {
        const { notBefore, ...request } = readWireText(member)
        if (except.has(request.jobId)) continue
        const isWanted = notBefore <= now && request.id <= params.maxId && page.length < limit
        if (isWanted) page.push(request)
      }
      if (members.length < limit) break
      from = `(${members.at(-1)}`
    }
    return page
  })
}
