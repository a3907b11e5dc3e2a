import {
  type AccountId,
  type HandPause,
  type ProjectId,
  pauseSetting,
  pausesOf,
  projectPauseSetting,
  type QueueName,
  queuePauseSetting,
  resumed,
  type SettingName,
  STORE_PAUSE_SETTING,
  type Store,
} from '@halfrate/core'
import { changeSetting } from './change-setting.js'
import { nameProject } from './projects/named-projects.js'

/** What is paused by hand: a whole store, all that an account pays for, a project, or one queue. */
export type PauseScope =
  | { readonly type: 'store' }
  | { readonly type: 'account'; readonly account: AccountId }
  | { readonly type: 'project'; readonly project: ProjectId }
  | { readonly type: 'queue'; readonly project: ProjectId; readonly queue: QueueName }

/**
 * Holds back everything of a scope that was not sent yet, for all workers on the store at once. What is at the provider
 * still comes home. Only {@link resumeByHand} ends it.
 *
 * Answers false, and changes nothing, when it is paused by hand already.
 */
export async function pauseByHand(
  store: Store,
  scope: PauseScope,
  note: string | null,
): Promise<boolean> {
  const pause: HandPause = { since: await store.now(), note }
  if (scope.type === 'project' || scope.type === 'queue') await nameProject(store, scope.project)
  return await changeSetting(store, settingOf(scope), (value) => {
    if (scope.type !== 'account') return value === null ? { value: pause } : null
    const pauses = pausesOf(value)
    return pauses.hand === null ? { value: { ...pauses, hand: pause } } : null
  })
}

/**
 * Ends a pause by hand. What pauses an account by itself stays until a probe comes through, and the next probe may go
 * at once.
 *
 * Answers false, and changes nothing, when nothing was paused.
 */
export async function resumeByHand(store: Store, scope: PauseScope): Promise<boolean> {
  const now = await store.now()
  return await changeSetting(store, settingOf(scope), (value) => {
    if (scope.type !== 'account') return value === null ? null : { value: null }
    const pauses = pausesOf(value)
    const isFree = pauses.hand === null && pauses.automatic.length === 0
    return isFree ? null : { value: resumed(pauses, now) }
  })
}

function settingOf(scope: PauseScope): SettingName {
  switch (scope.type) {
    case 'store':
      return STORE_PAUSE_SETTING
    case 'account':
      return pauseSetting(scope.account)
    case 'project':
      return projectPauseSetting(scope.project)
    case 'queue':
      return queuePauseSetting(scope.project, scope.queue)
  }
}
