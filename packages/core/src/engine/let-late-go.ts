import { laneOf } from '../model/lane.js'
import type { DeadlineTimes } from './deadline-times.js'
import type { PagePlanning } from './plan-page.js'

/** What is held back for canaries, and wanted by an instant that it would miss if it waited any longer, waits for them no more. */
export async function letLateGo(
  planning: PagePlanning & { readonly deadlines: DeadlineTimes },
  upTo: number,
): Promise<void> {
  const { context, project, queue, budgets, canaries, deadlines } = planning
  if (canaries.held.length === 0) return
  const { store } = context
  const except = budgets.stopped
  const { groups } = await store.queueFacts({ project, queue, upTo, except })
  const now = await store.now()
  for (const group of groups) {
    if (laneOf(group.lane).deadlineAt === null) continue
    if ((await deadlines.sendBy(group, now)) > now) continue
    const { account, lane, batchLimit, maxId } = group
    const place = { project, queue, account, lane, batchLimit, maxId }
    const limit = store.traits.pageLimit
    await canaries.letGo(await store.readWaiting({ ...place, limit, except }))
  }
}
