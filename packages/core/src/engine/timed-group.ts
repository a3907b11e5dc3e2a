import { laneOf } from '../model/lane.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { routeOf } from '../policy/routing/route-of.js'
import type { PlannedGroup } from './held-jobs.js'

/** Waiting requests that may share a batch, with when they may become one. */
export interface TimedGroup {
  readonly group: PlannedGroup
  /** When it may become a batch, by the flush rule and by what holds sending back. */
  readonly dueAt: EpochMs
  readonly isProbe: boolean
}

/** Those that are wanted first stand first: a planning ends after a few batches. */
export function inOrder(groups: readonly TimedGroup[]): readonly TimedGroup[] {
  const deadlineOf = ({ group }: TimedGroup): number =>
    laneOf(group.lane).deadlineAt ?? Number.MAX_SAFE_INTEGER
  return groups.toSorted((one, other) => deadlineOf(one) - deadlineOf(other))
}

/** Whether it is sent in real time: by itself, and at once. */
export function isCall(of: Pick<Submission, 'lane'> | undefined): boolean {
  return of !== undefined && routeOf(of).route === 'realtime'
}

/** The due groups that stand in line at the provider as one queue with this one, itself included. */
export function sharersOf(
  { account }: PlannedGroup,
  groups: readonly TimedGroup[],
  now: EpochMs,
): readonly PlannedGroup[] {
  return groups
    .filter(({ dueAt, group }) => dueAt <= now && group.account === account && !isCall(group))
    .map(({ group }) => group)
}

/** Names what a pause may hold. */
export function scopeOf({ account, lane }: Pick<PlannedGroup, 'account' | 'lane'>): string {
  return `${account} ${lane}`
}

/** Names a group. */
export function kindOf(
  group: Pick<PlannedGroup, 'account' | 'lane' | 'batchLimit' | 'canary'>,
): string {
  return `${scopeOf(group)} ${group.batchLimit} ${group.canary ?? ''}`
}

/** When the next of them is due; null for none. */
export function earliestOf(
  groups: readonly TimedGroup[],
  nextDueAt: EpochMs | null,
): EpochMs | null {
  const instants = groups.map(({ dueAt }) => dueAt)
  const all = nextDueAt === null ? instants : [...instants, nextDueAt]
  return all.length === 0 ? null : Math.min(...all)
}
