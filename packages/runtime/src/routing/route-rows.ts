import {
  type Clock,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  type Digest,
  type EngineSettings,
  type QueueName,
  type QueuePolicy,
  type Store,
} from '@halfrate/core'
import type { NewRequest } from '@halfrate/core/intake'
import type { PriceBook } from '@halfrate/core/money'
import type { TurnaroundFacts } from '@halfrate/core/turnaround'
import { checkOptions, type Members } from '../check-arguments.js'
import { wantedBy } from '../deadlines/deadline-by.js'
import { type CostEstimate, costEstimate } from '../jobs/estimate-rows.js'
import { intakeRows } from '../jobs/intake-rows.js'
import { queueName } from '../queue-name.js'
import { type AdvisedRows, adviseRows } from './advise-rows.js'

/** How a route is looked for. */
export interface RouteOptions {
  /** The queue whose policy and earlier answers it goes by. Default: `default`. */
  readonly queue?: string | undefined
  /** Whether somebody waits for the answers. Default false. */
  readonly waiting?: boolean | undefined
  /** When the answers are wanted, as when they are enqueued; for rows without a deadline of their own. Default: no instant. */
  readonly by?: string | undefined
  /** The place whose time `by` is. */
  readonly timeZone?: string | undefined
  /** The folder of files that the rows name. By default no path is followed. */
  readonly filesFrom?: string | undefined
}

/** Which route rows are best sent by, and what either costs. */
export interface RoutesReport {
  readonly rows: number
  /** Rows that are best sent alike, with the reason; those that are wanted first stand first. */
  readonly advised: readonly AdvisedRows[]
  /** How long their batches take until the answers are there. */
  readonly turnaround: TurnaroundFacts
  /** What all of them likely cost, `batch` and `realtime`. */
  readonly costs: CostEstimate
}

const OPTIONS: Members<RouteOptions> = {
  queue: true,
  waiting: true,
  by: true,
  timeZone: true,
  filesFrom: true,
}

/** Says which route rows of a program are best sent by; see {@link Halfrate.route}. */
export async function routeRows(
  half: {
    readonly store: Store
    readonly digest: Digest
    readonly prices: PriceBook
    readonly clock: Clock
    readonly settings: EngineSettings
    /** By what the program has declared of it, written or not. */
    readonly policyOf: (queue: QueueName) => Promise<QueuePolicy>
  },
  given: Iterable<NewRequest> | AsyncIterable<NewRequest>,
  options: RouteOptions,
): Promise<RoutesReport> {
  checkOptions('route', options, OPTIONS)
  const { store, digest, prices: book, clock, settings } = half
  const { queue, filesFrom, waiting = false } = options
  const at = clock.now()
  const inQueue = queue === undefined ? DEFAULT_QUEUE : queueName(queue)
  const { rows, advised, turnaround, estimate } = await adviseRows({
    ...{ store, project: DEFAULT_PROJECT, account: DEFAULT_ACCOUNT },
    queue: inQueue,
    policy: await half.policyOf(inQueue),
    pricing: { book, at },
    callsAtOnce: settings.callsAtOnce,
    rows: intakeRows({ rows: given, digest, filesFrom, mayBeRealtime: true }),
    deadlineAt: wantedBy('route', options, at),
    isAwaited: waiting,
  })
  return { rows, advised, turnaround, costs: costEstimate(estimate, null) }
}
