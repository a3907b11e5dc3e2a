import type { JobId, ProjectId, RequestId } from './ids.js'
import type { NanoUsd } from './money.js'
import { projectScope, type SettingName } from './setting-documents.js'
import type { EpochMs } from './time.js'

/** Requests of a job that were put in together and ask to have the same prefix cached. */
export interface SharedPrefix {
  /** The first of them, which can write the prefix for the others. */
  readonly requestId: RequestId
  readonly model: string
  /** How many they are, the first one included. */
  readonly rows: number
  /** How long the prefix lives in the cache. */
  readonly ttl: '5m' | '1h'
  /** Its tokens, judged by its bytes. */
  readonly tokens: { readonly low: number; readonly high: number }
}

/**
 * Why a job has no primer, or how its primer ended.
 *
 * No primer: `canary` (the first rows go alone anyway), `not_shared`, `five_minutes` (a batch takes longer than the cache lives),
 * `too_short` (the model caches nothing so short), `unknown_price`, `no_saving`, `slow` (it is likely not back before the rest may wait
 * no longer), `deadline`. Ended: `written`, `late`, `failed`, `gone` (canceled or replaced), `deadline`.
 */
export type PrimerReason =
  | 'canary'
  | 'not_shared'
  | 'five_minutes'
  | 'too_short'
  | 'unknown_price'
  | 'no_saving'
  | 'slow'
  | 'deadline'
  | 'written'
  | 'late'
  | 'failed'
  | 'gone'

/**
 * Where the primer of a job stands. `offered`: nobody has decided yet whether one pays. `away`: it has not come back, and nothing else
 * of the job is sent. `written`: it came back, and the rest goes to read what it wrote. `cold`: the rest goes, or went, without.
 */
export type PrimerState = 'offered' | 'away' | 'written' | 'cold'

/** Value of {@link jobPrimerSetting}. Whoever takes a part of the job in offers; the holder of the queue's lease decides. */
export interface JobPrimer {
  readonly state: PrimerState
  /** What the newest part shares: those first of which most is to be saved. */
  readonly prefixes: readonly SharedPrefix[]
  /** The requests that go first, one for each prefix that is to be written. Empty as long as none were chosen. */
  readonly requestIds: readonly RequestId[]
  /** When it was decided, or offered: what had come by then has waited for its flush rule. */
  readonly at: EpochMs
  /** Until when the rest waits at the most; null where it does not wait. */
  readonly until: EpochMs | null
  /** Null as long as nothing is decided, or the primer is away. */
  readonly reason: PrimerReason | null
  /** What it likely saves in all; null where that was not reckoned. */
  readonly savingNano: NanoUsd | null
}

/** The document that says what a job shares and what its primer is; there is none where nothing was shared, or nobody asked. */
export function jobPrimerSetting(project: ProjectId, jobId: JobId): SettingName {
  return { scope: projectScope(project), name: `primer:${jobId}` }
}
