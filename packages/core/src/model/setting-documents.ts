import type { AccountId, ProjectId, QueueName } from './ids.js'
import type { EpochMs } from './time.js'

/** Names a settings document. */
export interface SettingName {
  readonly scope: string
  readonly name: string
}

/** Value of {@link RECOVERY_SETTING} while the store is older than what the provider has; null when it is not. */
export interface Recovery {
  readonly since: EpochMs
  /** The batch that gave it away. */
  readonly remoteId: string
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

/** The document that holds what is known about refused batches of an account, a `Poison`. */
export function poisonSetting(account: AccountId): SettingName {
  return { scope: `account:${account}`, name: 'poison' }
}

/** The document that holds a queue's sends back by hand, a `HandPause` or null. `beginSend` obeys it. */
export function queuePauseSetting(project: ProjectId, queue: QueueName): SettingName {
  return { scope: `project:${project}`, name: `pause:${queue}` }
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
  return { scope: `project:${project}`, name: `queue:${queue}` }
}
