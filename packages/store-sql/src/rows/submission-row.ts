import {
  type AccountId,
  type NanoUsd,
  NO_COLLECTING,
  NO_SEARCH,
  type Nonce,
  type ProjectId,
  type QueueName,
  type RemoteId,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { type AnyText, anyTextOf, textOfAny } from '../any-text.js'
import { remoteStatuses, submissionStates } from '../codes.js'
import type { SubmissionsTable } from '../tables.js'
import type { NameOf } from './name-of.js'

/** Makes a submission of its row. */
export function submissionOf(row: SubmissionsTable, nameOf: NameOf): Submission {
  return {
    id: row.id as SubmissionId,
    project: nameOf(row.project_id) as ProjectId,
    account: nameOf(row.account_id) as AccountId,
    queue: nameOf(row.queue_id) as QueueName,
    lane: nameOf(row.lane_id),
    nonce: row.nonce as Nonce,
    state: submissionStates.word(row.state),
    orphan: row.orphan === 1,
    reclaimPending: row.reclaim_pending === 1,
    twinOf: row.twin_of as SubmissionId | null,
    batchLimit: row.batch_limit === 0 ? null : row.batch_limit,
    requestCount: row.request_count,
    itemsBytes: row.items_bytes,
    holdNano: row.hold_nano as NanoUsd,
    spentNano: row.spent_nano as NanoUsd | null,
    upToId: row.up_to_id,
    openedAt: row.opened_at,
    sealedAt: row.sealed_at,
    look: documentOf(row.look, null),
    sendStartedAt: row.send_started_at,
    sendNotAfterAt: row.send_not_after_at,
    remoteId: row.remote_id === null ? null : (textOfAny(row.remote_id) as RemoteId),
    remoteStatus: remoteStatuses.wordOrNull(row.remote_status),
    remoteCreatedAt: row.remote_created_at,
    remoteExpiresAt: row.remote_expires_at,
    remoteEndedAt: row.remote_ended_at,
    remoteArchivedAt: row.remote_archived_at,
    counts: documentOf(row.counts, null),
    polledAt: row.polled_at,
    error: documentOf(row.error, null),
    search: documentOf(row.search, NO_SEARCH),
    collecting: documentOf(row.collecting, NO_COLLECTING),
    verdictAt: row.verdict_at,
    possiblyPaid: row.possibly_paid === 1,
    endedAt: row.ended_at,
    collectedAt: row.collected_at,
    cancelRequestedAt: row.cancel_requested_at,
    nextStepAt: row.next_step_at,
  }
}

function documentOf<T>(json: string | null, absent: T): T {
  return json === null ? absent : (JSON.parse(json) as T)
}

/** Members of a submission that change after it was opened. */
export type SubmissionChanges = Partial<
  Omit<
    Submission,
    'id' | 'project' | 'account' | 'queue' | 'lane' | 'nonce' | 'batchLimit' | 'upToId' | 'openedAt'
  >
>

/** A value that every database takes. */
export type SqlValue = number | AnyText | null

type ColumnWriters = {
  readonly [Name in keyof SubmissionChanges]-?: readonly [
    column: keyof SubmissionsTable & string,
    write: (value: Exclude<SubmissionChanges[Name], undefined>) => SqlValue,
  ]
}

const asIs = (value: number | null): SqlValue => value
const asFlag = (value: boolean): SqlValue => (value ? 1 : 0)
const asJson = (value: object | null): SqlValue => (value === null ? null : JSON.stringify(value))

const WRITERS: ColumnWriters = {
  state: ['state', (value) => submissionStates.code(value)],
  orphan: ['orphan', asFlag],
  reclaimPending: ['reclaim_pending', asFlag],
  twinOf: ['twin_of', asIs],
  requestCount: ['request_count', asIs],
  itemsBytes: ['items_bytes', asIs],
  holdNano: ['hold_nano', asIs],
  spentNano: ['spent_nano', asIs],
  sealedAt: ['sealed_at', asIs],
  look: ['look', asJson],
  sendStartedAt: ['send_started_at', asIs],
  sendNotAfterAt: ['send_not_after_at', asIs],
  remoteId: ['remote_id', (value) => (value === null ? null : anyTextOf(value))],
  remoteStatus: ['remote_status', (value) => remoteStatuses.codeOrNull(value)],
  remoteCreatedAt: ['remote_created_at', asIs],
  remoteExpiresAt: ['remote_expires_at', asIs],
  remoteEndedAt: ['remote_ended_at', asIs],
  remoteArchivedAt: ['remote_archived_at', asIs],
  counts: ['counts', asJson],
  polledAt: ['polled_at', asIs],
  error: ['error', asJson],
  search: ['search', asJson],
  collecting: ['collecting', asJson],
  verdictAt: ['verdict_at', asIs],
  possiblyPaid: ['possibly_paid', asFlag],
  endedAt: ['ended_at', asIs],
  collectedAt: ['collected_at', asIs],
  cancelRequestedAt: ['cancel_requested_at', asIs],
  nextStepAt: ['next_step_at', asIs],
}

/** One column and what to write into it. */
export interface ColumnValue {
  readonly column: keyof SubmissionsTable & string
  readonly value: SqlValue
}

/** Writes changes of a submission as columns, in the order in which they are named. */
export function columnsOfChanges(changes: SubmissionChanges): readonly ColumnValue[] {
  return (Object.keys(changes) as (keyof SubmissionChanges)[])
    .filter((name) => changes[name] !== undefined)
    .map((name) => {
      // The table above pairs each name with a writer of its own type, which the compiler can't follow through a key.
      const [column, write] = WRITERS[name] as readonly [
        keyof SubmissionsTable & string,
        (value: unknown) => SqlValue,
      ]
      return { column, value: write(changes[name]) }
    })
}
