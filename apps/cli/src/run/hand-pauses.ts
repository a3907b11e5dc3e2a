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
import { namedProjects, type PauseScope } from '@halfrate/runtime'
import { handPauseText } from '../screen/pause-text.js'

/** Whose pauses are asked for: those over the queues of the command line, or those of other projects too. */
export type PausedProjects = 'own' | 'all'

/** The pauses by hand of a store, its account and its projects, the widest first. */
async function handPauses(
  store: Pick<Store, 'getSetting'>,
  of: PausedProjects,
): Promise<readonly { readonly scope: PauseScope; readonly pause: HandPause }[]> {
  const ofStore = (await store.getSetting(STORE_PAUSE_SETTING))?.value
  const ofAccount = pausesOf((await store.getSetting(pauseSetting(DEFAULT_ACCOUNT)))?.value).hand
  const found: (readonly [PauseScope, unknown])[] = [
    [{ type: 'store' }, ofStore],
    [{ type: 'account', account: DEFAULT_ACCOUNT }, ofAccount],
  ]
  const projects = of === 'all' ? await namedProjects(store) : [DEFAULT_PROJECT]
  for (const project of projects) {
    const ofProject = (await store.getSetting(projectPauseSetting(project)))?.value
    found.push([{ type: 'project', project }, ofProject])
  }
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
  of: PausedProjects = 'own',
): Promise<readonly string[]> {
  const found = await handPauses(store, of)
  return found.map(({ scope, pause }) => handPauseText(pause, scope, now, storeFlag))
}
