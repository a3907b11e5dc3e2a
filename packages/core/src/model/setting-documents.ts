import type { AccountId, JobId, ProjectId, QueueName, RemoteId, SubmissionId } from './ids.js'
import type { NanoUsd } from './money.js'
import type { Candidate } from './submission.js'
import type { EpochMs } from './time.js'

/** Names a settings document. */
export interface SettingName {
  readonly scope: string
  readonly name: string
}

/** Value of {@link RECOVERY_SETTING} once the store was found to be older than what the provider has; null before. */
export interface Recovery {
  /** When it was found out. What was being sent by then is asked about when it is not found. */
  readonly since: EpochMs
  /** The batch that gave it away; null when somebody said so. */
  readonly remoteId: RemoteId | null
  /** When somebody began to take in what is missing. Absent before. */
  readonly begunAt?: EpochMs | undefined
  /** On the provider's clock, just after that: batches made later are not waited for. */
  readonly upTo?: EpochMs | undefined
  /** Batches that are not identified; those that can't be read (`vanished`) are tried again daily, for good. */
  readonly batches?: readonly AwaitedBatch[] | undefined
  /** Batches that were taken in. */
  readonly imported?: number | undefined
  /** When sending was allowed again. Absent while it is stopped. */
  readonly endedAt?: EpochMs | undefined
}

/** Whether nothing may be sent because the store is older than what the provider has. */
export function isSendingStopped(recovery: Recovery | null): boolean {
  return recovery !== null && recovery.endedAt === undefined
}

/** Value of {@link IDENTITY_SETTING}. */
export interface StoreIdentity {
  /** Keys that custom ids are sealed with, in hex, newest first, at most two. */
  readonly hmacKeys: readonly string[]
  readonly createdAt: EpochMs
}

/** Value of {@link heartbeatSetting}: when a worker last worked. */
export interface Heartbeat {
  readonly at: EpochMs
  /** When the last full identification of the workspace's list ended; null before the first. */
  readonly identifiedAt: EpochMs | null
  /** What was planned before it and not sent is taken apart. Absent while there was never a long absence. */
  readonly unsentBefore?: EpochMs | undefined
}

/** A batch that must have ended and been read before something goes on, with what trying to read it has shown. */
export interface AwaitedBatch extends Candidate {
  /** When the provider ends it at the latest, on its own clock. */
  readonly expiresAt: EpochMs
}

/** Value of {@link absenceSetting} while sending waits for batches that were made while nobody worked; null when not. */
export interface AbsenceWait {
  /** The last heartbeat before the absence. */
  readonly since: EpochMs
  /** On the provider's clock: batches made later are not waited for. */
  readonly upTo: EpochMs
  /** Nothing is sent before it, since a batch may be missing from the list until then. */
  readonly notBefore: EpochMs
  /** When the list was last looked through. */
  readonly lookedAt: EpochMs
  /** Batches that are not identified, those that nobody waits for any more (`vanished`) included. */
  readonly batches: readonly AwaitedBatch[]
}

/** The document that says what sending waits for after an absence; for people, and for the next start. */
export function absenceSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'after_absence' }
}

/** The document that holds an account's sends back, an `AccountPauses` or null. `beginSend` obeys it. */
export function pauseSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'pause' }
}

/** Value of {@link workspaceSetting}: the provider's workspace that an account's batches are in. */
export interface Workspace {
  readonly workspaceId: string
}

/** The document that names the workspace of an account, a {@link Workspace}; there is none before the first batch. */
export function workspaceSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'workspace' }
}

/** The document that holds how an account's calls went lately, a `CallHealth`. */
export function callHealthSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'calls' }
}

/** The document that holds which calls in real time are under way and what the provider asked of them, a `CallPace`. */
export function callPaceSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'call_pace' }
}

/** The document that holds what the provider allows an account, an `AccountLimits`; there is none before somebody says it. */
export function accountLimitsSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'limits' }
}

/** The document that holds which queues wait for room in an account's line, a `LineDemands`; there is none before one does. */
export function lineDemandsSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'line_demands' }
}

/** The document that holds how long the batches of an account took, a `Turnaround`; there is none before the first. */
export function turnaroundSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'turnaround' }
}

/** The document that holds what is known about refused batches of an account, a `Poison`. */
export function poisonSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'poison' }
}

/** Value of {@link uncollectedSetting}. */
export interface Uncollected {
  /** Batches of which it was told, and from which age on (ms since their creation) that was the last time. */
  readonly told: readonly { readonly submissionId: SubmissionId; readonly ageMs: number }[]
}

/** The document by which all workers tell once that results wait, an {@link Uncollected}; there is none before. */
export function uncollectedSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'uncollected' }
}

/** The document that holds a queue's sends back by hand, a `HandPause` or null. `beginSend` obeys it. */
export function queuePauseSetting(project: ProjectId, queue: QueueName): SettingName {
  return { scope: projectScope(project), name: `pause:${queue}` }
}

/** The document that holds a project's sends back by hand, a `HandPause` or null. `beginSend` obeys it. */
export function projectPauseSetting(project: ProjectId): SettingName {
  return { scope: projectScope(project), name: 'pause' }
}

/** The document that holds all sends of a store back by hand, a `HandPause` or null. `beginSend` obeys it. */
export const STORE_PAUSE_SETTING: SettingName = { scope: 'store', name: 'pause' }

/** The documents of all that can hold back what an account pays for in a queue; what they hold is for `sendHoldOf`. */
export function pauseSettings(
  of: Readonly<{ account: AccountId; project: ProjectId; queue: QueueName }>,
): Readonly<Record<'store' | 'account' | 'project' | 'queue', SettingName>> {
  return {
    store: STORE_PAUSE_SETTING,
    account: pauseSetting(of.account),
    project: projectPauseSetting(of.project),
    queue: queuePauseSetting(of.project, of.queue),
  }
}

/** Value of {@link queueFlushSetting}: somebody said that what waits shall go now. */
export interface FlushByHand {
  /** On the store's clock: what was taken in until then does not wait for the flush rule. */
  readonly upTo: EpochMs
}

/** The document by which a queue's waiting requests go now, a {@link FlushByHand}; there is none before the first time. */
export function queueFlushSetting(project: ProjectId, queue: QueueName): SettingName {
  return { scope: projectScope(project), name: `flush:${queue}` }
}

/** Value of {@link jobBudgetSetting}. Planning obeys it from the moment on at which it is written. */
export interface JobBudget {
  /** The job's name, for people. */
  readonly job: string
  /** What was paid, may have been paid and can still be paid for what is under way stays at or below it; null for no cap. */
  readonly capNano: NanoUsd | null
  /** Set while nothing of the job is under way and its next request does not fit. Absent otherwise. */
  readonly stopped?: BudgetStop | undefined
}

/** How a job came to stand still at its cap. */
export interface BudgetStop {
  readonly at: EpochMs
  /** Cap at which the next request would fit; null when nobody can tell, since a cost is not known. */
  readonly neededNano: NanoUsd | null
}

/** The document that holds what a job may cost, a {@link JobBudget}; there is none for a job that never had a cap. */
export function jobBudgetSetting(project: ProjectId, jobId: JobId): SettingName {
  return { scope: projectScope(project), name: `budget:${jobId}` }
}

/** The scope of the documents of a project and its queues. */
export function projectScope(project: ProjectId): string {
  return `project:${project}`
}

/** The queue that a document of a project's scope is about; null for one that is about none. */
export function queueOfSetting(name: string): QueueName | null {
  const found = /^(?:queue|pause|flush|budgets):(.+)$/.exec(name)?.[1]
  return found === undefined ? null : (found as QueueName)
}

/** The document that stops all sending after a restored backup. `beginSend` obeys it. */
export const RECOVERY_SETTING: SettingName = { scope: 'store', name: 'recovery' }

/** The document that holds the store's own keys, made with the store, so that a backup carries them. */
export const IDENTITY_SETTING: SettingName = { scope: 'store', name: 'identity' }

/** The document by which the next start knows how long nobody worked for an account. */
export function heartbeatSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'heartbeat' }
}

/** The document that holds a queue's policy. */
export function queueSetting(project: ProjectId, queue: QueueName): SettingName {
  return { scope: projectScope(project), name: `queue:${queue}` }
}
