import type { JobId, ProjectId, RequestId } from './ids.js'
import type { ReasonCode } from './request.js'
import { projectScope, type SettingName } from './setting-documents.js'
import type { EpochMs } from './time.js'

/**
 * Where the canary of a job stands. `away`: its requests have not all come back, and nothing else of the job is sent. `passed`,
 * `skipped` and `resumed`: the rest goes, since the canary was good enough, since a deadline left no time for it, or since
 * somebody said so. `stopped`: the rest waits for somebody.
 */
export type CanaryState = 'away' | 'passed' | 'stopped' | 'skipped' | 'resumed'

/** Value of {@link jobCanarySetting}. Only the holder of the queue's lease sends by it, by compare-and-set. */
export interface JobCanary {
  readonly state: CanaryState
  /** The requests that go first, by id. Empty for one that was skipped before any were chosen. */
  readonly requestIds: readonly RequestId[]
  /** When they were chosen: what had come by then has waited for its flush rule. */
  readonly at: EpochMs
  /** What stopped the rest. Absent in every other state. */
  readonly finding?: CanaryFinding | undefined
}

/** What the requests of a canary showed that were not good. */
export interface CanaryFinding {
  /** How many have failed. */
  readonly failed: number
  /** How many say anything: those that were canceled or replaced don't. */
  readonly of: number
  /** Why most of them failed, and how many that are. */
  readonly reason: ReasonCode
  readonly alike: number
  /** The provider's error type or code of those, where there is one. */
  readonly detail: string | null
}

/** The document that says what a job's canary is and what it showed; there is none before one was chosen. */
export function jobCanarySetting(project: ProjectId, jobId: JobId): SettingName {
  return { scope: projectScope(project), name: `canary:${jobId}` }
}
