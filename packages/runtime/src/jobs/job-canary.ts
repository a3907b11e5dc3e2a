import { type Job, type Store, standingCanary } from '@halfrate/core'
import { type CanaryFinding, type JobCanary, jobCanarySetting } from '@halfrate/core/canary'
import { changeSetting } from '../change-setting.js'

/** The canary that the rest of a job waits for, for its report. */
export interface CanaryReport {
  /** `away`: its rows have not all come back. `stopped`: they were no good, and the rest waits for {@link Job.resume}. */
  readonly state: 'away' | 'stopped'
  /** How many rows went first. */
  readonly size: number
  /** What stopped the rest; null while it is away. */
  readonly finding: CanaryFinding | null
}

/** What the rest of a job waits for, for its report; null where it waits for no canary. */
export async function canaryReportOf(
  store: Pick<Store, 'getSetting' | 'listRequests' | 'traits'>,
  job: Pick<Job, 'id' | 'project' | 'queue'>,
): Promise<CanaryReport | null> {
  const canary = await standingCanary(store, job)
  if (canary === null || (canary.state !== 'away' && canary.state !== 'stopped')) return null
  const { state, requestIds, finding = null } = canary
  return { state, size: requestIds.length, finding }
}

/**
 * Lets the rest of a job go, whatever its canary showed, or has not shown yet. Answers false, and changes nothing, where no
 * canary holds it back.
 */
export async function resumeJob(
  store: Pick<Store, 'getSetting' | 'putSetting' | 'now'>,
  { id, project }: Pick<Job, 'id' | 'project'>,
): Promise<boolean> {
  const at = await store.now()
  return await changeSetting(store, jobCanarySetting(project, id), (value) => {
    const canary = value as JobCanary | null
    if (canary === null || (canary.state !== 'away' && canary.state !== 'stopped')) return null
    const { requestIds } = canary
    return { value: { state: 'resumed', requestIds, at } satisfies JobCanary }
  })
}
