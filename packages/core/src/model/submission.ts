import type { AccountId, Nonce, ProjectId, QueueName, RemoteId, SubmissionId } from './ids.js'
import { type NanoUsd, ZERO_USD } from './money.js'
import type { OutcomeCounts } from './outcome.js'
import type { ProviderError } from './provider-error.js'
import type { RemoteStatus } from './remote-batch.js'
import type { EpochMs } from './time.js'

/**
 * Where a submission is. The legal moves stand in `policy/transition.ts`.
 *
 * `ambiguous` is shown to people as "answer lost, looking for it".
 */
export type SubmissionState =
  | 'filling'
  | 'sealed'
  | 'dissolved'
  | 'sending'
  | 'ambiguous'
  | 'rejected'
  | 'lost'
  | 'in_progress'
  | 'canceling'
  | 'ended'
  | 'collected'

/** What was seen at the provider just before a send; the scans after a lost answer are judged by it. */
export interface Look {
  /** Newest batch in the workspace's list, null when the list was empty. */
  readonly newestId: RemoteId | null
  /** The provider's `date` header. */
  readonly serverAt: EpochMs
  /** The store's time just before it was asked. */
  readonly storeAt: EpochMs
  /** The workspace header; null when the provider sends none. */
  readonly workspaceId: string | null
}

/** A batch that could be the one whose answer was lost, until its first line says whose it is. */
export interface Candidate {
  readonly remoteId: RemoteId
  readonly createdAt: EpochMs
  /** Answers of its ended results without one whole readable line. */
  readonly unreadableFetches: number
  readonly firstUnreadableAt: EpochMs | null
  /** Answers in a row, but for failed calls, that said its results are not there. Absent for none. */
  readonly missingAnswers?: number | undefined
  readonly firstMissingAt?: EpochMs | undefined
  /** It ended and can't be read, or left the list unread; it no longer blocks the verdict. */
  readonly vanished: boolean
}

/** A batch that a scan must show and did not. After six hours in six tries it counts as deleted. */
export interface MissingBatch {
  readonly remoteId: RemoteId
  readonly firstMissingAt: EpochMs
  readonly tries: number
}

/** What the search for a lost answer has found so far. Kept as one document; only the engine reads into it. */
export interface Search {
  /** Store time of the first valid scan, since the last one that showed a candidate, in which nothing could be it. */
  readonly clearSince: EpochMs | null
  /** Valid and invalid scans together; a verdict names the number it was based on. */
  readonly scans: number
  readonly candidates: readonly Candidate[]
  readonly missing: readonly MissingBatch[]
  /**
   * Since when the scans have shown all that a verdict needs, and a person is asked for it. Absent while they have not,
   * or when nobody is asked.
   */
  readonly askingSince?: EpochMs | undefined
  /** What the person decided. Absent for a verdict that nobody was asked for. */
  readonly decision?: LostDecision | undefined
}

/** What a person decides about requests whose answer was lost: send them again, or fail them as possibly paid. */
export type LostDecision = 'resend' | 'fail'

/** What fetching the results has shown so far. */
export interface Collecting {
  /** Fetches that ended cleanly, whether or not every row was there. */
  readonly completeFetches: number
  readonly firstCompleteAt: EpochMs | null
  /** Answers in a row that said the batch or its file is not there. */
  readonly missingAnswers: number
  readonly firstMissingAt: EpochMs | null
  /** Fetches that broke off, in a row; drives the backoff. */
  readonly failedFetches: number
}

/** One thing that we send: a batch of n requests. */
export interface Submission {
  readonly id: SubmissionId
  readonly project: ProjectId
  readonly account: AccountId
  readonly queue: QueueName
  readonly lane: string
  readonly nonce: Nonce
  readonly state: SubmissionState
  /** It came back after it was declared lost or rejected. */
  readonly orphan: boolean
  /** Its waiting members must be taken back before its queue sends again. */
  readonly reclaimPending: boolean
  /** The submission that the same bytes were sent for; null for any other. */
  readonly twinOf: SubmissionId | null
  /** Only requests with this same limit join it; null for requests without one. */
  readonly batchLimit: number | null
  /** Requests in it; withdrawn ones are not counted. Fixed when the send begins. */
  readonly requestCount: number
  /** Sum of its items' sizes. Fixed when the send begins. */
  readonly itemsBytes: number
  /** Sum of its attempts' known holds, freed when it ends without being paid. */
  readonly holdNano: NanoUsd
  /**
   * What was paid for it and may have been, added up when it was collected; null before, and once a line came after that.
   */
  readonly spentNano: NanoUsd | null
  /** Requests above this id wait for the next one. */
  readonly upToId: number
  readonly openedAt: EpochMs
  readonly sealedAt: EpochMs | null
  readonly look: Look | null
  readonly sendStartedAt: EpochMs | null
  /** No byte is sent after this instant. */
  readonly sendNotAfterAt: EpochMs | null
  readonly remoteId: RemoteId | null
  readonly remoteStatus: RemoteStatus | null
  readonly remoteCreatedAt: EpochMs | null
  readonly remoteExpiresAt: EpochMs | null
  readonly remoteEndedAt: EpochMs | null
  readonly remoteArchivedAt: EpochMs | null
  /** As of the newest poll; null before the first. */
  readonly counts: OutcomeCounts | null
  /** The store's time at which the newest poll that was recorded was asked. */
  readonly polledAt: EpochMs | null
  /** The refusal, or the last thing known about a lost answer. */
  readonly error: ProviderError | null
  readonly search: Search
  readonly collecting: Collecting
  /** When it became rejected or lost. */
  readonly verdictAt: EpochMs | null
  /** Requests were not lost but may have been paid (a candidate vanished unread). */
  readonly possiblyPaid: boolean
  readonly endedAt: EpochMs | null
  readonly collectedAt: EpochMs | null
  /** When the first of its members was canceled after it was sent. */
  readonly cancelRequestedAt: EpochMs | null
  /** No step is due before this instant; null when none will ever be. */
  readonly nextStepAt: EpochMs | null
}

/** A search that has not begun. */
export const NO_SEARCH: Search = { clearSince: null, scans: 0, candidates: [], missing: [] }

/** Collecting that has not begun. */
export const NO_COLLECTING: Collecting = {
  completeFetches: 0,
  firstCompleteAt: null,
  missingAnswers: 0,
  firstMissingAt: null,
  failedFetches: 0,
}

/** What a submission begins as; who it is for is added when it is opened. */
export const NEW_SUBMISSION: Omit<
  Submission,
  'id' | 'project' | 'account' | 'queue' | 'lane' | 'batchLimit' | 'nonce' | 'upToId' | 'openedAt'
> = {
  state: 'filling',
  orphan: false,
  reclaimPending: false,
  twinOf: null,
  requestCount: 0,
  itemsBytes: 0,
  holdNano: ZERO_USD,
  spentNano: null,
  sealedAt: null,
  look: null,
  sendStartedAt: null,
  sendNotAfterAt: null,
  remoteId: null,
  remoteStatus: null,
  remoteCreatedAt: null,
  remoteExpiresAt: null,
  remoteEndedAt: null,
  remoteArchivedAt: null,
  counts: null,
  polledAt: null,
  error: null,
  search: NO_SEARCH,
  collecting: NO_COLLECTING,
  verdictAt: null,
  possiblyPaid: false,
  endedAt: null,
  collectedAt: null,
  cancelRequestedAt: null,
  nextStepAt: null,
}
