import {
  type CancelResult,
  type CreateResult,
  type ListResult,
  type MessageResult,
  type ProviderError,
  type RemoteBatch,
  type RemoteId,
  type RetrieveResult,
  totalOf,
} from '@halfrate/core'
import type {
  Answer,
  AnswerHeaders,
  ResultsAnswer,
  WireBatch,
  WireBatchPage,
  WireError,
  WireMessage,
} from '@halfrate/emulator/model'

const REFUSALS: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 413, 422, 429])

/** An error without an answer. */
export function silence(message: string): ProviderError {
  return { status: null, type: null, code: null, message, requestId: null, retryAfterMs: null }
}

/** Reads what came back for a create whose last byte was sent. */
export function readCreate(answer: Answer<WireBatch>, requestCount: number): CreateResult {
  if (answer.type !== 'response') {
    return { type: 'ambiguous', error: silence('The connection died before an answer came.') }
  }
  if (answer.status === 200) {
    const batch = answer.end === 'complete' ? readBatch(answer.body) : null
    if (batch !== null && totalOf(batch.counts) === requestCount) return { type: 'accepted', batch }
    return { type: 'ambiguous', error: { ...silence('The answer is unreadable.'), status: 200 } }
  }
  const error = readError(answer)
  const isClear = answer.status === 413 || (REFUSALS.has(answer.status) && error.type !== null)
  return { type: isClear ? 'refused' : 'ambiguous', error }
}

// With these nothing was answered, and so nothing is paid.
const MESSAGE_REFUSALS: ReadonlySet<number> = new Set([...REFUSALS, 409, 529])

/** Reads what came back for a call in real time. */
export function readMessage(answer: Answer<WireMessage>): MessageResult {
  if (answer.type !== 'response') {
    return { type: 'ambiguous', error: silence('The connection died before an answer came.') }
  }
  const said = { limits: {}, serverAt: Date.parse(answer.headers.date ?? '') }
  const { body } = answer
  if (answer.status === 200) {
    const isMessage = answer.end === 'complete' && typeof body === 'object' && 'content' in body
    if (!isMessage) {
      return { type: 'ambiguous', error: { ...silence('The answer is unreadable.'), status: 200 } }
    }
    return { type: 'answered', message: new TextEncoder().encode(JSON.stringify(body)), ...said }
  }
  const error = readError(answer)
  const isWhole = error.type !== null && MESSAGE_REFUSALS.has(answer.status)
  if (!isWhole && answer.status !== 413) return { type: 'ambiguous', error }
  return { type: 'refused', error, ...said }
}

/** Reads what came back for one batch. */
export function readRetrieve(answer: Answer<WireBatch>): RetrieveResult {
  if (answer.type !== 'response') return { type: 'failed', error: silence('The connection died.') }
  const error = readError(answer)
  if (answer.status === 404 && error.type !== null) return { type: 'not_found', error }
  const batch = answer.status === 200 && answer.end === 'complete' ? readBatch(answer.body) : null
  return batch === null ? { type: 'failed', error } : { type: 'batch', batch }
}

/** Reads what came back for a cancel. */
export function readCancel(answer: Answer<WireBatch>): CancelResult {
  if (answer.type === 'response' && (answer.status === 400 || answer.status === 409)) {
    return { type: 'too_late', error: readError(answer) }
  }
  return readRetrieve(answer)
}

/** Reads a page of the list. */
export function readList(answer: Answer<WireBatchPage>): ListResult {
  if (answer.type !== 'response') return { type: 'failed', error: silence('The connection died.') }
  const body = answer.body
  const isPage = answer.status === 200 && answer.end === 'complete'
  if (!isPage || typeof body === 'string' || !('data' in body)) {
    return { type: 'failed', error: readError(answer) }
  }
  return {
    type: 'page',
    batches: body.data.map(batchOf),
    hasMore: body.has_more,
    serverAt: Date.parse(answer.headers.date ?? ''),
    workspaceId: answer.headers['anthropic-workspace-id'] ?? null,
  }
}

/** Reads an answer for results that is no file. */
export function readNoResults(answer: Exclude<ResultsAnswer, { type: 'lines' }>): {
  readonly type: 'not_found' | 'failed'
  readonly error: ProviderError
} {
  if (answer.type !== 'response') return { type: 'failed', error: silence('The connection died.') }
  const error = readError(answer)
  return { type: answer.status === 404 && error.type !== null ? 'not_found' : 'failed', error }
}

function readBatch(body: WireBatch | WireError | string): RemoteBatch | null {
  return typeof body === 'string' || body.type !== 'message_batch' ? null : batchOf(body)
}

function batchOf(batch: WireBatch): RemoteBatch {
  return {
    id: batch.id as RemoteId,
    status: batch.processing_status,
    counts: batch.request_counts,
    createdAt: parsed(batch.created_at),
    expiresAt: parsed(batch.expires_at),
    endedAt: instantOf(batch.ended_at),
    cancelInitiatedAt: instantOf(batch.cancel_initiated_at),
    archivedAt: instantOf(batch.archived_at),
  }
}

function instantOf(text: string | null): number | null {
  return text === null ? null : parsed(text)
}

// Lists show the same batches again and again.
const instants = new Map<string, number>()
const MOST_INSTANTS = 10_000

function parsed(text: string): number {
  const before = instants.get(text)
  if (before !== undefined) return before
  if (instants.size >= MOST_INSTANTS) instants.clear()
  const at = Date.parse(text)
  instants.set(text, at)
  return at
}

function readError(answer: {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: unknown
}): ProviderError {
  const body = answer.body as WireError | WireBatch | WireBatchPage | WireMessage | string
  const envelope = typeof body === 'object' && 'error' in body ? body.error : null
  const after = Number(answer.headers['retry-after'] ?? Number.NaN)
  const code = envelope?.details?.error_code
  return {
    status: answer.status,
    type: envelope?.type ?? null,
    code: typeof code === 'string' ? code : null,
    message: envelope?.message ?? `HTTP ${answer.status}`,
    requestId: answer.headers['request-id'] ?? null,
    retryAfterMs: Number.isNaN(after) ? null : after * 1_000,
  }
}
