import type { Evidence } from '../model/evidence.js'
import type {
  AccountId,
  Nonce,
  ProjectId,
  QueueName,
  RemoteId,
  RequestId,
  SubmissionId,
} from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Verdict } from '../model/request.js'
import type { Look, Search, Submission, SubmissionState } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { ResultLine } from './store-collecting.js'
import type { Fence } from './store-leases.js'

/**
 * What a piece of evidence did. `applied`: it moved the submission. `known`: it was there already, or something
 * stronger was. `twin`: the nonce has another batch already; a submission for this one stands beside it.
 * `unknown_nonce`: no submission has it, or the one that has it was never sent: the store is older than the batch.
 */
export interface EvidenceResult {
  readonly type: 'applied' | 'known' | 'twin' | 'unknown_nonce'
  readonly submission: Submission | null
}

/** Which of the given batches the store knows. */
export interface KnownBatches {
  /** Ids that a submission has. */
  readonly ours: ReadonlySet<RemoteId>
  readonly foreign: ReadonlySet<RemoteId>
}

/** A member's bytes, as they are sent but for marks in place of files. */
export interface MemberBody {
  readonly ordinal: number
  readonly requestId: RequestId
  readonly prefix: Uint8Array | null
  readonly body: Uint8Array
}

/** Which members of a submission to read. */
export interface ReadMembersParams {
  readonly submissionId: SubmissionId
  /** The ordinal before the first; -1 to begin. */
  readonly after: number
  readonly limit: number
  readonly reuse?: readonly MemberBody[] | undefined
  readonly withFiles?: boolean | undefined
}

/** How the begin of a send went. */
export type BeginSendResult =
  | { readonly type: 'sending'; readonly submission: Submission }
  | { readonly type: 'dissolved' }
  | {
      readonly type: 'refused'
      readonly reason: 'paused' | 'recovery' | 'reclaim' | 'state'
      readonly until: EpochMs | null
    }

/** Where requests go of which a store learns only from their results. */
export interface ImportHome {
  readonly project: ProjectId
  readonly queue: QueueName
  /** Name of the job that they are added to; made when it is not there. */
  readonly job: string
  readonly lane: string
}

/** A result line of a batch that the store did not send. */
export interface ImportedLine extends Omit<ResultLine, 'requestId'> {
  /** The request that its custom id names; null when that is not of our form. */
  readonly requestId: RequestId | null
  /** The custom id as it stands: the key of a request that the store does not have. */
  readonly key: string
  /** 16 bytes over the key's UTF-8. */
  readonly keyHash: Uint8Array
  /** Empty when the line does not tell. */
  readonly model: string
  /** How a request ends that the store does not have; there are no params to try it again with. */
  readonly end: Verdict
}

/** An ended batch that the store did not send, or does not remember to have sent, and a page of its lines. */
export interface ImportParams {
  readonly account: AccountId
  readonly batch: RemoteBatch
  /** What its custom ids bear; a new one for a batch that was made elsewhere. */
  readonly nonce: Nonce
  /** Holds the workspace that its ids are sealed for; null for a batch that was made elsewhere. */
  readonly look: Look | null
  /**
   * The oldest request that the batch is known to hold: when the store has it, the submission gets its project and queue, else
   * those of `home`.
   */
  readonly firstRequestId: RequestId | null
  readonly home: ImportHome
  /** At most `pageLimit`; none to make the submission alone. */
  readonly lines: readonly ImportedLine[]
}

/** What importing a page did. */
export interface ImportResult {
  readonly submission: Submission
  readonly fresh: number
  /** Requests that became done, those that were added included. */
  readonly done: number
  /** Requests that the store did not have. */
  readonly added: number
  /** Indexes of lines whose request is of another project. */
  readonly unknown: readonly number[]
  /** Indexes of lines that contradict what is recorded. */
  readonly conflicts: readonly number[]
}

/** Sending, and learning what became of it. Fenced writes take the submission's lease. */
export interface SendingStore {
  /**
   * sealed → sending: fixes count and bytes, stores the look and `sendNotAfterAt` = now + `sendMs` (I4), which is
   * also when its next step is due.
   *
   * With no members left it dissolves. Refuses while the account is paused, the store is in recovery, or a
   * submission of the same queue has members to reclaim. Durable before it answers.
   */
  beginSend(
    params: Readonly<{ fence: Fence; submissionId: SubmissionId; look: Look; sendMs: number }>,
  ): Promise<BeginSendResult>
  /**
   * Members in wire order after the given ordinal (-1 for the first), withdrawn ones left out.
   *
   * A page of large bodies may be shorter than `limit`; only an empty one is the end. `reuse` is an earlier page whose bodies
   * nobody looks at any more; the store may let its memory go, which the collector does late. With `withFiles` only those
   * are answered whose rows brought files, and those that were in a submission before (their attempt's number is above 1),
   * whatever the store says of their files; where there are none of either, that costs next to nothing.
   */
  readMembers(params: ReadMembersParams): Promise<readonly MemberBody[]>
  /**
   * A piece of a file: its bytes from `piece * BLOB_PIECE_BYTES` on, and of them `BLOB_PIECE_BYTES` or, at its end, what is
   * left. So memory stays flat however large files are. Null when the project has no such file, or that has no such piece.
   *
   * What is there is answered as it is: whoever sends it holds it against the hash.
   */
  readBlob(
    params: Readonly<{ project: ProjectId; hash: Uint8Array; piece: number }>,
  ): Promise<Uint8Array | null>
  /**
   * Unfenced, idempotent, monotone; see `policy/evidence.ts` for what it does in which state (I5).
   *
   * A twin gets a submission of its own, without members: state and count come from its batch. A batch that was
   * marked as foreign is no longer. A refusal frees the hold, and so does a person's decision, which counts only while
   * the submission is ambiguous and its search asks for it: then it is lost, and its next step is due at once.
   */
  recordEvidence(
    params: Readonly<{ account: AccountId; nonce: Nonce; evidence: Evidence }>,
  ): Promise<EvidenceResult>
  /**
   * Stores what a scan has shown (`search`, whose `scans` is `basedOnScans` + 1) and, with `lost`, declares the
   * submission lost in the same step: then its hold is freed and its next step is due at once.
   *
   * Does nothing unless it is still `ambiguous` (a `sending` one whose sender is gone is made so by evidence
   * first) and has seen exactly `basedOnScans` scans.
   */
  recordScan(
    params: Readonly<{
      fence: Fence
      submissionId: SubmissionId
      basedOnScans: number
      search: Search
      nextStepAt: EpochMs
      lost: Readonly<{ possiblyPaid: boolean }> | null
    }>,
  ): Promise<Submission>
  /**
   * Rebuilds the submission of an ended batch that the store did not send: after a restore, or for one made elsewhere.
   *
   * The first call makes it `ended`, due at once, an orphan without an intent; when its nonce is that of a submission
   * which was not sent, it is that one's twin. Every call books a page of lines like `settle` with `addMissing`. A line
   * whose request the store lacks adds it, done, to the home's job, under the custom id as its key and listed behind the
   * job's last row; the same line again adds nothing. Unfenced and idempotent: a line is a fact, whoever read it.
   *
   * @throws {ConfigError} when the home's job is there and nothing of it was committed yet.
   */
  importSubmission(params: ImportParams): Promise<ImportResult>
  /** Remembers batches as other programs', unless a submission has the id; answers how many it remembered. */
  markForeign(
    params: Readonly<{ account: AccountId; remoteIds: readonly RemoteId[] }>,
  ): Promise<{ readonly marked: number }>
  knownBatches(
    params: Readonly<{ account: AccountId; remoteIds: readonly RemoteId[] }>,
  ): Promise<KnownBatches>
  /**
   * Submissions in any of the given states (all for null), by id after `afterId`, at most `limit`.
   *
   * `sentSince` keeps those whose send began at or after it.
   */
  listSubmissions(
    params: Readonly<{
      account: AccountId | null
      states: readonly SubmissionState[] | null
      sentSince?: EpochMs | undefined
      afterId: number
      limit: number
    }>,
  ): Promise<readonly Submission[]>
  getSubmission(params: Readonly<{ submissionId: SubmissionId }>): Promise<Submission | null>
  /**
   * What the provider said of a batch. Unfenced and monotone: an answer to an older question (`askedAt`) changes
   * nothing, and a status never goes back. An ended one becomes `ended`.
   */
  recordPoll(
    params: Readonly<{
      submissionId: SubmissionId
      askedAt: EpochMs
      batch: RemoteBatch
      nextStepAt: EpochMs
    }>,
  ): Promise<Submission>
  /** Sets when to look again and what collecting has shown. Does nothing to one that is dissolved or collected. */
  noteSubmission(
    params: Readonly<{
      fence: Fence
      submissionId: SubmissionId
      nextStepAt: EpochMs
      collecting?: Submission['collecting'] | undefined
    }>,
  ): Promise<Submission>
  /**
   * Takes members of an orphan back, by page: waiting ones are assigned to it again, those in a filling or sealed
   * submission are withdrawn there first, those sent again run twice. All of them are live again. Those with an
   * outcome, or whose request is done, stay as they are. Answers members left to look at; with 0 the queue may send
   * again.
   */
  reclaimMembers(
    params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
  ): Promise<{ readonly left: number }>
}
