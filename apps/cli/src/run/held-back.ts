import {
  type CallHealth,
  callHealthSetting,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EpochMs,
  type HandPause,
  pauseSetting,
  pausesOf,
  queuePauseSetting,
  RECOVERY_SETTING,
  type Store,
} from '@halfrate/core'
import { handPauseText, pauseText, slowText } from '../screen/pause-text.js'
import { RUN_QUEUE } from './store-options.js'

/** Why nothing is sent from a store at the moment, for people; null when nothing holds it back. */
export async function heldBackText(store: Store, now: EpochMs): Promise<string | null> {
  const recovery = await store.getSetting(RECOVERY_SETTING)
  if (recovery !== null && recovery.value !== null) {
    return 'this store is older than what Claude has of it, as after a restored backup'
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
