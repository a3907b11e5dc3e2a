import {
  type Job,
  type JobBudget,
  jobBudgetSetting,
  type NanoUsd,
  type Store,
} from '@halfrate/core'
import { changeSetting } from '../change-setting.js'

type StoredJob = Pick<Job, 'id' | 'project' | 'name'>

/** What a job may cost, and whether it stands still at that; null for a job that never had a cap. */
export async function readJobBudget(
  store: Pick<Store, 'getSetting'>,
  { id, project }: Pick<Job, 'id' | 'project'>,
): Promise<JobBudget | null> {
  const setting = await store.getSetting(jobBudgetSetting(project, id))
  return (setting?.value ?? null) as JobBudget | null
}

/**
 * Gives a job its cap; null takes it away, and undefined leaves the one that it has.
 *
 * Whatever is given, a job that stands still is looked at anew: planning notes again that it stands still if it does.
 */
export async function writeJobBudget(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  { id, project, name: job }: StoredJob,
  given: NanoUsd | null | undefined,
): Promise<void> {
  await changeSetting(store, jobBudgetSetting(project, id), (value) => {
    const before = value as JobBudget | null
    const capNano = given === undefined ? (before?.capNano ?? null) : given
    if (capNano === (before?.capNano ?? null) && before?.stopped === undefined) return null
    return { value: { job, capNano } satisfies JobBudget }
  })
}
