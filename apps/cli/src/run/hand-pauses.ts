import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EpochMs,
  type HandPause,
  pauseSetting,
  pausesOf,
  projectPauseSetting,
  STORE_PAUSE_SETTING,
  type Store,
} from '@halfrate/core'
import type { PauseScope } from '@halfrate/runtime'
import { handPauseText } from '../screen/pause-text.js'

/** The pauses by hand that hold back every queue of a store, the widest first. */
async function handPauses(
  store: Pick<Store, 'getSetting'>,
): Promise<readonly { readonly scope: PauseScope; readonly pause: HandPause }[]> {
  const project = DEFAULT_PROJECT
  const ofStore = (await store.getSetting(STORE_PAUSE_SETTING))?.value
  const ofAccount = pausesOf((await store.getSetting(pauseSetting(DEFAULT_ACCOUNT)))?.value).hand
  const ofProject = (await store.getSetting(projectPauseSetting(project)))?.value
  const found: readonly (readonly [PauseScope, unknown])[] = [
    [{ type: 'store' }, ofStore],
    [{ type: 'account', account: DEFAULT_ACCOUNT }, ofAccount],
    [{ type: 'project', project }, ofProject],
  ]
  return found.flatMap(([scope, value]) => {
    const pause = (value ?? null) as HandPause | null
    return pause === null ? [] : [{ scope, pause }]
  })
}

/** The same, for people, each with the command that ends it. */
export async function handPauseTexts(
  store: Pick<Store, 'getSetting'>,
  now: EpochMs,
  storeFlag: string,
): Promise<readonly string[]> {
  const found = await handPauses(store)
  return found.map(({ scope, pause }) => handPauseText(pause, scope, now, storeFlag))
}
