import {
  DEFAULT_ACCOUNT,
  type EpochMs,
  type Pause,
  pauseSetting,
  RECOVERY_SETTING,
  type Store,
} from '@halfrate/core'
import { pauseText } from '../screen/event-text.js'

/** Why nothing is sent from a store at the moment, for people; null when nothing holds it back. */
export async function heldBackText(store: Store, now: EpochMs): Promise<string | null> {
  const recovery = await store.getSetting(RECOVERY_SETTING)
  if (recovery !== null && recovery.value !== null) {
    return 'this store is older than what Claude has of it, as after a restored backup'
  }
  const pause = await store.getSetting(pauseSetting(DEFAULT_ACCOUNT))
  if (pause === null || pause.value === null) return null
  return pauseText(pause.value as Pause, now)
}
