import {
  EngineStoppedError,
  HalfrateError,
  IllegalTransitionError,
  InvariantError,
  LeaseLostError,
  StoreNewerError,
} from '../errors.js'
import type { AlarmCode, EngineEvent } from '../model/engine-event.js'
import type {
  AccountId,
  JobId,
  ProjectId,
  QueueName,
  RemoteId,
  SubmissionId,
  WorkerId,
} from '../model/ids.js'
import type { Submission, SubmissionState } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { EngineSettings } from '../policy/engine-settings.js'
import type { PriceBook } from '../policy/money/price-book.js'
import type { Calendar } from '../ports/calendar.js'
import type { Clock } from '../ports/clock.js'
import type { Digest } from '../ports/digest.js'
import type { Observer } from '../ports/observer.js'
import type { Random } from '../ports/random.js'
import type { Store } from '../ports/store.js'
import type { Transport } from '../ports/transport.js'
import type { WholeFiles } from './whole-files.js'

/**
 * Whether sending begins at once after an absence (`send`), or waits until each batch that was made meanwhile has ended
 * and been identified (`wait`), so that not even a restored backup sends anything twice.
 */
export type AfterAbsence = 'send' | 'wait'

/** What every step of the engine works with. */
export interface EngineContext {
  readonly store: Store
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly digest: Digest
  readonly calendar: Calendar
  readonly observer: Observer
  readonly priceBook: PriceBook
  readonly settings: EngineSettings
  readonly workerId: WorkerId
  readonly account: AccountId
  /** What to do after nobody worked for a while. */
  readonly afterAbsence: AfterAbsence
  /** Aborted when the engine is told to stop: steps under way may end, and no other one is begun. */
  readonly stopping: AbortSignal
  /** Aborted when it stops at once. */
  readonly signal: AbortSignal
  /** What one worker remembers between steps. Only hints; truth is in the store. */
  readonly memory: EngineMemory
}

/** Hints that a worker keeps between steps. */
export interface EngineMemory {
  /** Keys that custom ids are sealed with, newest first. */
  sealingKeys: readonly Uint8Array[]
  /** Whether the start-up look at the provider's list is done, so that sending may begin. */
  maySend: boolean
  /** Whether nothing is sent because the store was found to be restored. */
  isSendingStopped: boolean
  /** What was planned before this instant and not sent is taken apart, since nobody worked for a while after it. */
  unsentBefore: EpochMs
  /** Sends that were refused, or never left, since the last one that was accepted. */
  refusedInARow: number
  /** Counts of batches whose origin is not known; planning avoids them. */
  takenCounts: ReadonlySet<number>
  /** Fetches of results under way, which share the memory that lines are held in. */
  fetches: number
  /** Jobs that wait for their caps, so that not every round adds up what they have spent. */
  readonly waitingJobs: Map<JobId, WaitingJob>
  /** Jobs that wait for their canaries, so that these are looked at although nothing else of the jobs can be sent. */
  readonly canaries: Map<JobId, HeldJob>
  /** The same of jobs that wait for their primers. */
  readonly primers: Map<JobId, HeldJob>
  /** Groups of requests that wait for budgets, so that not every round adds up what was spent. */
  readonly waitingGroups: Map<string, { readonly versions: string; readonly until: EpochMs }>
  /** Groups of requests that are likely late, so that each is told once. */
  readonly lateGroups: Set<string>
  /** Files that were held against their hashes. */
  readonly wholeFiles: WholeFiles
  /** Whether the key leads to another workspace than the account's batches are in; then nothing is done with it. */
  isOtherWorkspace: boolean
}

/** A job of which a request did not fit under its cap, as it was last looked at. */
export interface WaitingJob {
  readonly project: ProjectId
  readonly queue: QueueName
  /** Of the document with its cap: with another one it is looked at anew. */
  readonly version: number
  /** Until when it is left out. */
  readonly until: EpochMs
}

/** A job whose canary or primer was not over, as it was last looked at. */
export interface HeldJob {
  readonly project: ProjectId
  readonly queue: QueueName
  /** Of the document that says so; null where another worker was about to change it. */
  readonly version: number | null
  /** When it is looked at anew at the latest. */
  until: EpochMs
}

// With any of these, what was held for a member may be free.
const FREEING: readonly SubmissionState[] = ['collected', 'lost', 'rejected', 'dissolved']

/** Tells the observer something, stamped with the clock that people see. */
export function tell(context: EngineContext, event: DistributiveOmit<EngineEvent, 'at'>): void {
  context.observer.onEvent({ ...event, at: context.clock.now() } as EngineEvent)
}

/** Tells the observer where a submission is now. */
export function tellSubmission(context: EngineContext, submission: Submission): void {
  if (FREEING.includes(submission.state)) {
    context.memory.waitingJobs.clear()
    context.memory.waitingGroups.clear()
    for (const held of context.memory.canaries.values()) held.until = 0
    for (const held of context.memory.primers.values()) held.until = 0
  }
  tell(context, {
    type: 'submission_changed',
    submissionId: submission.id,
    state: submission.state,
    requestCount: submission.requestCount,
    remoteId: submission.remoteId,
    error: submission.error,
  })
}

/** Raises something that a person should look at. */
export function alarm(
  context: EngineContext,
  params: {
    readonly code: AlarmCode
    readonly message: string
    readonly submissionId?: SubmissionId | null
    readonly remoteId?: RemoteId | null
  },
): void {
  tell(context, {
    type: 'alarm',
    code: params.code,
    message: params.message,
    submissionId: params.submissionId ?? null,
    remoteId: params.remoteId ?? null,
  })
}

/** Whether an error means a bug, or that a newer version has changed the store, so that going on could do harm. */
export function isFatal(error: unknown): boolean {
  return (
    error instanceof InvariantError ||
    error instanceof IllegalTransitionError ||
    error instanceof StoreNewerError
  )
}

/** Whether an error only says that another worker goes on with the work. */
export function isLostLease(error: unknown): boolean {
  return error instanceof LeaseLostError
}

/** Whether an error only says that another worker goes on with the work, or that this one was told to stop. */
export function isForOthers(error: unknown): boolean {
  return isLostLease(error) || error instanceof EngineStoppedError
}

/** Runs one of several pieces of work; when its lease went to another worker, that worker does it. */
export async function unlessLeaseLost(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isLostLease(error)) throw error
  }
}

/** What went wrong, for people. */
export function describeError(error: unknown): string {
  if (error instanceof HalfrateError) return `${error.message} ${error.nextStep}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
