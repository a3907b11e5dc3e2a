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
  pauseSetting,
  pausesOf,
  queuePauseSetting,
  RECOVERY_SETTING,
  type Recovery,
  recoveryEndsBy,
  type Store,
  stillAwaited,
} from '@halfrate/core'
import { absenceText, recoveryText } from '../screen/event-text.js'
import { handPauseText, pauseText, slowText } from '../screen/pause-text.js'
import { RUN_QUEUE } from './store-options.js'

/** Why nothing is sent from a store at the moment, for people; null when nothing holds it back. */
export async function heldBackText(store: Store, now: EpochMs): Promise<string | null> {
  const recovery = await store.getSetting(RECOVERY_SETTING)
  const known = (recovery?.value ?? null) as Recovery | null
  if (known !== null && isSendingStopped(known)) return restoredText(known, now)
  const absence = await store.getSetting(absenceSetting(DEFAULT_ACCOUNT))
  if (absence !== null && absence.value !== null) {
    const wait = absence.value as AbsenceWait
    return absenceText(stillAwaited(wait.batches).length, absenceEndsBy(wait), now)
  }
  const account = await store.getSetting(pauseSetting(DEFAULT_ACCOUNT))
  const { hand, automatic } = pausesOf(account?.value)
  const queue = await store.getSetting(queuePauseSetting(DEFAULT_PROJECT, RUN_QUEUE))
  const queueHand = (queue?.value ?? null) as HandPause | null
  const texts = automatic.map((pause) => pauseText(pause, now))
  if (queueHand !== null) texts.unshift(handPauseText(queueHand, RUN_QUEUE, now))
  if (hand !== null) texts.unshift(handPauseText(hand, null, now))
  const health = await store.getSetting(callHealthSetting(DEFAULT_ACCOUNT))
  const slow = slowText((health?.value ?? null) as CallHealth | null, now)
  if (slow !== null) texts.push(slow)
  return texts.length === 0 ? null : texts.join('; ')
}

function restoredText(recovery: Recovery, now: EpochMs): string {
  if (recovery.begunAt === undefined) {
    return 'this store is older than what Claude has of it, as after a restored backup: halfrate recover takes in what is missing'
  }
  const batches = stillAwaited(recovery.batches ?? []).length
  const until = recoveryEndsBy(recovery, DEFAULT_ENGINE_SETTINGS)
  return `recovering; ${recoveryText(batches, until, now)}`
}
