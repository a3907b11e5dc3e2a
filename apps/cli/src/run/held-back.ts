import {
  type AbsenceWait,
  absenceEndsBy,
  absenceSetting,
  type CallHealth,
  callHealthSetting,
  DEFAULT_ACCOUNT,
  DEFAULT_ENGINE_SETTINGS,
  DEFAULT_PROJECT,
  type EpochMs,
  type HandPause,
  isSendingStopped,
  type OperatingStore,
  type Poison,
  pauseSetting,
  pausesOf,
  poisonSetting,
  type QueueName,
  queuePauseSetting,
  RECOVERY_SETTING,
  type Recovery,
  RUN_QUEUE,
  recoveryEndsBy,
  type Store,
  stillAwaited,
} from '@halfrate/core'
import { type Halfrate, lineStand, type QueueInLine } from '@halfrate/runtime'
import { commandText } from '../screen/command-text.js'
import { absenceText, recoveryText } from '../screen/event-text.js'
import { lineLines } from '../screen/line-text.js'
import { handPauseText, pauseText, restText, slowText } from '../screen/pause-text.js'
import { reachedText } from '../screen/scope-budget-text.js'
import { holdingCaps } from './budget-holds.js'
import { handPauseTexts } from './hand-pauses.js'

/** Of what it is asked why it is held back. */
export interface HeldBackScope {
  /** The queues whose pauses count; without them all there are. */
  readonly queues?: readonly QueueName[] | undefined
  /** Whether budgets count; they hold back only what is not in a batch yet. Default true. */
  readonly withBudgets?: boolean | undefined
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
}

/** Why nothing is sent from queues of a store at the moment, for people; null when nothing holds them back. */
export async function heldBackText(
  half: Pick<Halfrate, 'store' | 'prices' | 'clock'>,
  now: EpochMs,
  scope: HeldBackScope,
): Promise<string | null> {
  const { store } = half
  const recovery = await store.getSetting(RECOVERY_SETTING)
  const known = (recovery?.value ?? null) as Recovery | null
  if (known !== null && isSendingStopped(known)) return restoredText(known, now, scope.storeFlag)
  const absence = await store.getSetting(absenceSetting(DEFAULT_ACCOUNT))
  if (absence !== null && absence.value !== null) {
    const wait = absence.value as AbsenceWait
    return absenceText(stillAwaited(wait.batches).length, absenceEndsBy(wait), now)
  }
  const account = await store.getSetting(pauseSetting(DEFAULT_ACCOUNT))
  const { automatic } = pausesOf(account?.value)
  const texts = automatic.map((pause) => pauseText(pause, now))
  texts.unshift(...(await queuePauseTexts(store, now, scope)))
  const paused = scope.queues === undefined ? 'all' : 'own'
  texts.unshift(...(await handPauseTexts(store, now, scope.storeFlag, paused)))
  if (scope.withBudgets !== false) texts.push(...(await budgetTexts(half, now, scope)))
  texts.push(...(await lineTexts(store, scope)))
  texts.push(...(await restTexts(store, now)))
  const health = await store.getSetting(callHealthSetting(DEFAULT_ACCOUNT))
  const slow = slowText((health?.value ?? null) as CallHealth | null, now)
  if (slow !== null) texts.push(slow)
  return texts.length === 0 ? null : texts.join('; ')
}

/** Two reasons in one text; null for none. */
export function joined(one: string | null, other: string | null): string | null {
  return one !== null && other !== null ? `${one}; ${other}` : (one ?? other)
}

async function restTexts(store: Store, now: EpochMs): Promise<readonly string[]> {
  const setting = await store.getSetting(poisonSetting(DEFAULT_ACCOUNT))
  const poison = (setting?.value ?? null) as Poison | null
  return (poison?.incidents ?? []).flatMap((incident) => restText(incident, now) ?? [])
}

async function budgetTexts(
  half: Pick<Halfrate, 'store' | 'prices' | 'clock'>,
  now: EpochMs,
  { queues }: HeldBackScope,
): Promise<readonly string[]> {
  const names = queues ?? (await queueNames(half.store))
  return (await holdingCaps(half, names, now)).map((stand) => reachedText(stand, now))
}

// A line without room, for those of them that would put more in it.
async function lineTexts(store: Store, { queues }: HeldBackScope): Promise<readonly string[]> {
  const stand = await lineStand(store, DEFAULT_ACCOUNT)
  const isAsked = (each: QueueInLine): boolean =>
    queues === undefined || (each.project === DEFAULT_PROJECT && queues.includes(each.queue))
  const waits = stand.queues.some((each) => each.waiting > 0 && isAsked(each))
  return waits && stand.limit !== null ? [lineLines(stand)[0] ?? ''] : []
}

async function queuePauseTexts(
  store: Store & OperatingStore,
  now: EpochMs,
  { queues, storeFlag }: HeldBackScope,
): Promise<readonly string[]> {
  const names = queues ?? (await queueNames(store))
  const texts = names.map(async (queue) => {
    const setting = await store.getSetting(queuePauseSetting(DEFAULT_PROJECT, queue))
    const pause = (setting?.value ?? null) as HandPause | null
    const of = { type: 'queue', project: DEFAULT_PROJECT, queue } as const
    return pause === null ? [] : [handPauseText(pause, of, now, storeFlag)]
  })
  return (await Promise.all(texts)).flat()
}

async function queueNames(store: OperatingStore): Promise<readonly QueueName[]> {
  const queues = await store.listQueues({ project: DEFAULT_PROJECT })
  return [...new Set([RUN_QUEUE, ...queues.map(({ queue }) => queue)])]
}

function restoredText(recovery: Recovery, now: EpochMs, storeFlag: string): string {
  if (recovery.begunAt === undefined) {
    const how = commandText('recover', storeFlag)
    return `this store is older than what Claude has of it, as after a restored backup: ${how} takes in what is missing`
  }
  const batches = stillAwaited(recovery.batches ?? []).length
  const until = recoveryEndsBy(recovery, DEFAULT_ENGINE_SETTINGS)
  return `recovering; ${recoveryText(batches, until, now)}`
}
