import {
  type AccountId,
  type EpochMs,
  fewAtDoor,
  type IntakeRow,
  laneOf,
  type ProjectId,
  type QueueName,
  type QueuePolicy,
  queueSetting,
  type Store,
  usablePolicy,
} from '@halfrate/core'
import { withCachedPrefix, withDeadline } from '@halfrate/core/intake'
import {
  type Estimate,
  type EstimateOptions,
  Estimator,
  promptContentOf,
} from '@halfrate/core/money'
import {
  type AdviceReason,
  adviseRoute,
  callMsOf,
  type FewAtDoor,
  fewFactsOf,
  type Route,
} from '@halfrate/core/routing'
import { type TurnaroundFacts, turnaroundFacts } from '@halfrate/core/turnaround'
import { readAnswerHistories } from '../jobs/answer-histories.js'
import { readOutlook } from '../turnaround/read-outlook.js'

/** Requests that are best sent the same way, for the same reason. */
export interface AdvisedRows {
  /** Null when no route can keep their deadlines. */
  readonly route: Route | null
  readonly reason: AdviceReason
  /** The reason with its figures; of the one of them that is wanted first. It ends without a full stop. */
  readonly sentence: string
  readonly rows: number
  /** When the first of them is wanted; null for no instant. */
  readonly wantedAt: EpochMs | null
  /** Whether their answers are likely there when they are wanted; null where they are wanted by no instant. */
  readonly isInTime: boolean | null
}

/** Which routes rows are best sent by, and what both cost. */
export interface RowsAdvice {
  readonly rows: number
  /** Those that are wanted first stand first, and those without an instant last. */
  readonly advised: readonly AdvisedRows[]
  /** How long their batches take until the answers are there. */
  readonly turnaround: TurnaroundFacts
  /** What all rows likely cost, by either route. */
  readonly estimate: Estimate
}

/** Rows that nothing is done with but to look. */
export interface RowsToAdvise {
  readonly store: Pick<Store, 'getSetting' | 'readResults' | 'queueFacts' | 'traits' | 'now'>
  readonly project: ProjectId
  readonly account: AccountId
  readonly queue: QueueName
  /** Of the queue. Default: what is stored of it. */
  readonly policy?: QueuePolicy | undefined
  /** What prices are told by, and when. */
  readonly pricing: Pick<EstimateOptions, 'book' | 'at'>
  /** Calls in real time that are under way at the same time. */
  readonly callsAtOnce: number
  /** Read once. One whose lane is of real time asked for it. */
  readonly rows: Iterable<IntakeRow> | AsyncIterable<IntakeRow>
  /** When rows are wanted that don't say it themselves; null for no instant. */
  readonly deadlineAt: EpochMs | null
  /** Whether somebody waits for the answers. */
  readonly isAwaited: boolean
}

/** Says which route rows are best sent by, why, and what both routes cost. It stores nothing and asks nobody. */
export async function adviseRows(params: RowsToAdvise): Promise<RowsAdvice> {
  const { store, project, account, queue, pricing } = params
  const histories = await readAnswerHistories(store, { project, queue })
  const estimator = new Estimator({ ...pricing, histories })
  const policy =
    params.policy ??
    usablePolicy((await store.getSetting(queueSetting(project, queue)))?.value ?? {})
  const alike = await wantedAlike(params, policy, estimator)
  const estimate = estimator.estimate()
  const hasDeadline = alike.some(({ wantedAt }) => wantedAt !== null)
  const { maxBatchRequests: most, deadlineBatchRequests } = policy
  const mostAtOnce = hasDeadline ? Math.min(most, deadlineBatchRequests) : most
  const now = await store.now()
  const kind = {
    models: estimate.models.map(({ model }) => model),
    requests: Math.max(1, Math.min(mostAtOnce, estimate.rows)),
    startsAt: now,
  }
  const { odds } = await readOutlook(store, { ...kind, account })
  const turnaround = turnaroundFacts(odds)
  const few = await fewAtDoor(store, { project, queue, account }, policy)
  const facts = { ...params, now, turnaround, few, policy }
  return { rows: estimate.rows, advised: advisedOf(alike, facts), turnaround, estimate }
}

interface Alike {
  readonly asked: Route | null
  readonly wantedAt: EpochMs | null
  readonly lane: string
  rows: number
  /** Of the longest. */
  callMs: number
}

// Instants within one second are the same, so that their number is bounded by time and not by rows.
const GRID_MS = 1_000

async function wantedAlike(
  { rows, deadlineAt }: RowsToAdvise,
  { cachePrefix }: Pick<QueuePolicy, 'cachePrefix'>,
  estimator: Estimator,
): Promise<readonly Alike[]> {
  const found = new Map<string, Alike>()
  for await (const given of rows) {
    const row = withCachedPrefix(given, cachePrefix)
    estimator.add({ ...row, content: promptContentOf(row) })
    const asked = laneOf(row.lane).route === 'realtime' ? 'realtime' : null
    const { lane, deadlineAt: wanted } = withDeadline(row, deadlineAt)
    const wantedAt = wanted === null ? null : Math.floor(wanted / GRID_MS) * GRID_MS
    const name = `${wantedAt}/${lane}`
    const alike = found.get(name) ?? { asked, wantedAt, lane, rows: 0, callMs: 0 }
    alike.rows += 1
    alike.callMs = Math.max(alike.callMs, callMsOf(row.maxTokens))
    found.set(name, alike)
  }
  const order = ({ wantedAt }: Alike): number => wantedAt ?? Number.MAX_SAFE_INTEGER
  return [...found.values()].sort((one, other) => order(one) - order(other))
}

function advisedOf(
  alike: readonly Alike[],
  facts: Pick<RowsToAdvise, 'isAwaited' | 'callsAtOnce'> & {
    readonly now: EpochMs
    readonly turnaround: TurnaroundFacts
    readonly few: FewAtDoor | null
    readonly policy: Pick<QueuePolicy, 'fewADay' | 'whenFew'>
  },
): readonly AdvisedRows[] {
  const { now, turnaround, isAwaited, callsAtOnce, few, policy } = facts
  const advised = new Map<string, AdvisedRows>()
  const together = new Map<string, number>()
  for (const { lane, rows } of alike) together.set(lane, (together.get(lane) ?? 0) + rows)
  // What is wanted first is called first, and the others wait for it.
  let calls = 0
  let before = 0
  for (const { asked, wantedAt, lane, rows, callMs } of alike) {
    const rounds = Math.ceil((calls + rows) / callsAtOnce)
    const advice = adviseRoute({
      ...{ now, asked, isAwaited, turnaround },
      few: fewFactsOf(policy, few, { lane, together: together.get(lane) ?? rows, before }),
      deadlineAt: wantedAt,
      callMs: rounds * callMs,
    })
    if (advice.route === 'realtime') calls += rows
    before += rows
    const name = `${advice.route}/${advice.reason}/${advice.isInTime}`
    const there = advised.get(name)
    advised.set(
      name,
      there === undefined ? { ...advice, rows, wantedAt } : { ...there, rows: there.rows + rows },
    )
  }
  return [...advised.values()]
}
