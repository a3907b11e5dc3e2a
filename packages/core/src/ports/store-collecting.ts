import type { RemoteId, RequestId, SubmissionId } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import type { OutcomeCounts, OutcomeType, Usability } from '../model/outcome.js'
import type { Verdict } from '../model/request.js'
import type { ReleaseTo } from '../model/settlement.js'
import type { Submission, SubmissionState } from '../model/submission.js'
import type { Usage } from '../model/usage.js'
import type { Fence } from './store-leases.js'

/** One line of a results file, read and priced. */
export interface ResultLine {
  readonly requestId: RequestId
  readonly outcome: OutcomeType
  readonly usability: Usability | null
  readonly errorType: string | null
  readonly usage: Usage | null
  readonly costNano: NanoUsd | null
  readonly realtimeNano: NanoUsd | null
  /** The line as it came, without its line feed. The recorded ones tell a repeat from a contradiction. */
  readonly bytes: Uint8Array
  /** For a success how its request ends; null for what takes effect at close. */
  readonly verdict: Verdict | null
  /**
   * How it ends by a success that takes effect at close, when it comes after its attempt was let go: no close waits for it any
   * more. A call's answer may come so late at any instant.
   */
  readonly lateVerdict?: Verdict | undefined
}

/** A line that can't be booked under an attempt. Its bytes are kept. */
export interface QuarantinedLine {
  readonly reason: 'malformed' | 'foreign' | 'unknown_request' | 'conflict' | 'too_long'
  /** Where it began in the file, in lines from 0. */
  readonly lineNumber: number
  readonly bytes: Uint8Array
}

/** What a page of lines did. */
export interface SettleResult {
  readonly fresh: number
  readonly duplicates: number
  /** Lines that were booked before without a cost, and bring one. */
  readonly priced: number
  /** Requests that became done. */
  readonly done: number
  /** Indexes of lines whose request has no attempt in this submission. */
  readonly unknown: readonly number[]
  /** Indexes of lines that contradict what is recorded. */
  readonly conflicts: readonly number[]
}

/** One decision about one member. */
export interface ReleaseMove {
  readonly ordinal: number
  /** The outcome that was decided on; if it has changed since, the move is skipped. */
  readonly outcome: OutcomeType | null
  readonly to: ReleaseTo
  /** Book the attempt as possibly paid. */
  readonly possiblyPaid: boolean
}

/** What a page of moves did. */
export interface ReleaseResult {
  readonly released: number
  readonly waiting: number
  readonly done: number
  /** Moves that no longer fit: released before, or another outcome by now. */
  readonly skipped: number
}

/** Attempts of a submission, counted. Withdrawn ones are left out. */
export interface AttemptCounts {
  readonly total: number
  readonly outcomes: OutcomeCounts
  /** Not released. */
  readonly live: number
}

/** A page of the live attempts of a submission. */
export interface OpenOutcomesParams {
  readonly submissionId: SubmissionId
  readonly after: number
  readonly limit: number
  readonly withAnswers?: boolean | undefined
}

/** Bringing results home. */
export interface CollectingStore {
  /**
   * Books result lines, at most `pageLimit`: section 7 of the architecture (I6, I8, I9, I12).
   *
   * The attempt is found by submission and request id; one that was never on the wire is unknown. Unfenced: a line is
   * a fact, whoever read it. With `addMissing` (twins) an attempt is added, released from birth, for a request of the
   * same project that exists. `policy/settlement.ts` decides. A line that only brings a cost sets `costNano` and
   * `realtimeNano`, and `usage` where there is none: no state, waste, event or instant moves with it.
   */
  settle(
    params: Readonly<{
      submissionId: SubmissionId
      addMissing: boolean
      lines: readonly ResultLine[]
    }>,
  ): Promise<SettleResult>
  /** Keeps lines that can't be booked; the same bytes of the same batch are kept once. */
  quarantine(
    params: Readonly<{
      submissionId: SubmissionId
      remoteId: RemoteId | null
      lines: readonly QuarantinedLine[]
    }>,
  ): Promise<{ readonly added: number }>
  countAttempts(params: Readonly<{ submissionId: SubmissionId }>): Promise<AttemptCounts>
  /**
   * Live attempts after the given ordinal (-1 for the first), with or without an outcome. `withAnswers` brings their result
   * lines along; it is asked for one member at a time.
   */
  openOutcomes(params: OpenOutcomesParams): Promise<readonly OpenOutcome[]>
  /**
   * Lets members go, after the proof of completeness or a definite verdict, at most `pageLimit`.
   *
   * Happens only while the submission is in `state` and has exactly `remoteId`, else every move is skipped.
   * Marks its own attempt released whether or not the request moves; keeps a failing verdict on the request while
   * another attempt is live; a flagged request becomes canceled, never waiting. `policy/release.ts` decides. One that waits
   * with a changed body has that from then on, stored as a child of the body that the attempt sent, with its files, its reason
   * and the same key; the hash of the caller's params stays. A
   * rejected or lost submission has no next step once its last member is released. One that was not sent yet goes on
   * without them: they are withdrawn, and its count, bytes and hold are lowered.
   */
  releaseMembers(
    params: Readonly<{
      fence: Fence
      submissionId: SubmissionId
      state: SubmissionState
      remoteId: RemoteId | null
      moves: readonly ReleaseMove[]
    }>,
  ): Promise<ReleaseResult>
  /**
   * Books attempts of an ended submission that have no outcome as possibly paid, at most `pageLimit`: those that were
   * released before its batch came back too. Answers how many it marked; 0 when none is left, and in any other state.
   */
  markPossiblyPaid(
    params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
  ): Promise<{ readonly marked: number }>
  /**
   * ended → collected, with its hold freed. Refuses (answers null) while members are live or must be taken back, and
   * in any other state; one that is collected is answered again.
   */
  closeSubmission(
    params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
  ): Promise<Submission | null>
}
