import { InvariantError } from '../errors.js'
import type { JobId, ProjectId, QueueName } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Submission } from '../model/submission.js'
import type { Admission } from '../policy/budget.js'
import { cutToRoom } from '../policy/budgets/cut-to-room.js'
import { roomOf } from '../policy/pack.js'
import type { WaitingRequest } from '../ports/store-planning.js'
import type { EngineContext } from './context.js'
import type { FirstRequests } from './first-requests.js'
import type { GroupPlace } from './held-jobs.js'
import type { JobBudgets, PricedRequest } from './job-budgets.js'
import type { BudgetLook } from './scope-budgets.js'

/** What could join a submission next. */
export interface PlanPage {
  readonly admitted: readonly PricedRequest[]
  /** Jobs of which a request does not fit under the cap. */
  readonly stopped: Admission<PricedRequest>['stopped']
  /** Those of them of which none fits. */
  readonly unfit: Admission<PricedRequest>['stopped']
  /** What the first would take that fits under no budget of the scopes (null for an unknown price); undefined when all fit. */
  readonly neededNano: NanoUsd | null | undefined
  /** No other request can join behind these. */
  readonly isLast: boolean
}

const FULL: PlanPage = {
  admitted: [],
  stopped: new Map(),
  unfit: new Map(),
  neededNano: undefined,
  isLast: true,
}

/** What a page is read for. */
export interface PagePlanning {
  readonly context: EngineContext
  readonly project: ProjectId
  readonly queue: QueueName
  readonly policy: QueuePolicy
  readonly budgets: JobBudgets
  readonly canaries: FirstRequests
  /** The job that nothing but the canary of is planned; absent for all that is nobody's. */
  readonly canary?: JobId | undefined
}

/** Reads what could join a submission next, and takes from it what fits under the caps of its jobs and its budgets. */
export async function readPage(
  planning: PagePlanning,
  place: Pick<
    Submission,
    'account' | 'lane' | 'batchLimit' | 'upToId' | 'requestCount' | 'holdNano'
  >,
  { leftNano }: BudgetLook,
): Promise<PlanPage> {
  const { context, policy, budgets } = planning
  const { lane, batchLimit, upToId, requestCount } = place
  const room = roomOf({ batchLimit, policy }) - requestCount
  const limit = Math.min(context.store.traits.pageLimit, room)
  if (limit <= 0) return FULL
  const page = await candidates(planning, { ...place, maxId: upToId }, limit)
  const { admitted, stopped } = await budgets.admit(page, lane)
  const joining = new Set(admitted.map(({ jobId }) => jobId))
  const unfit = new Map([...stopped].filter(([jobId]) => !joining.has(jobId)))
  const roomNano = leftNano === null ? null : leftNano - place.holdNano
  const { fitting, neededNano } = cutToRoom(admitted, roomNano)
  return { admitted: fitting, stopped, unfit, neededNano, isLast: page.length < limit }
}

async function candidates(
  { context, project, queue, budgets, canaries, canary }: PagePlanning,
  { account, lane, batchLimit, maxId }: GroupPlace,
  limit: number,
): Promise<readonly WaitingRequest[]> {
  const place = { account, lane, batchLimit, maxId }
  if (canary !== undefined) {
    return budgets.stopped.includes(canary) ? [] : canaries.page(canary, place, limit)
  }
  for (;;) {
    const except = [...budgets.stopped, ...canaries.held]
    const page = await context.store.readWaiting({ project, queue, ...place, limit, except })
    // A store that leaves nobody out would be asked again without end.
    const other = page.find(({ jobId }) => jobId !== null && except.includes(jobId))
    if (other !== undefined) {
      throw new InvariantError(
        `readWaiting answered request ${other.id} of job ${other.jobId}, which \`except\` names.`,
      )
    }
    if (!(await canaries.hold(page, place))) return page
  }
}
