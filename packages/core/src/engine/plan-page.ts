import { InvariantError } from '../errors.js'
import type { ProjectId, QueueName } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import type { QueuePolicy } from '../model/queue-policy.js'
import type { Submission } from '../model/submission.js'
import type { Admission } from '../policy/budget.js'
import { cutToRoom } from '../policy/budgets/cut-to-room.js'
import { roomOf } from '../policy/pack.js'
import type { EngineContext } from './context.js'
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
}

/** Reads what could join a submission next, and takes from it what fits under the caps of its jobs and its budgets. */
export async function readPage(
  { context, project, queue, policy, budgets }: PagePlanning,
  place: Pick<
    Submission,
    'account' | 'lane' | 'batchLimit' | 'upToId' | 'requestCount' | 'holdNano'
  >,
  { leftNano }: BudgetLook,
): Promise<PlanPage> {
  const { account, lane, batchLimit, upToId, requestCount } = place
  const room = roomOf({ batchLimit, policy }) - requestCount
  const limit = Math.min(context.store.traits.pageLimit, room)
  if (limit <= 0) return FULL
  const except = budgets.stopped
  const page = await context.store.readWaiting({
    ...{ project, queue, account, lane, batchLimit, limit },
    maxId: upToId,
    except,
  })
  // A store that leaves nobody out would be asked again without end.
  const other = page.find(({ jobId }) => jobId !== null && except.includes(jobId))
  if (other !== undefined) {
    throw new InvariantError(
      `readWaiting answered request ${other.id} of job ${other.jobId}, which \`except\` names.`,
    )
  }
  const { admitted, stopped } = await budgets.admit(page, lane)
  const joining = new Set(admitted.map(({ jobId }) => jobId))
  const unfit = new Map([...stopped].filter(([jobId]) => !joining.has(jobId)))
  const roomNano = leftNano === null ? null : leftNano - place.holdNano
  const { fitting, neededNano } = cutToRoom(admitted, roomNano)
  return { admitted: fitting, stopped, unfit, neededNano, isLast: page.length < limit }
}
