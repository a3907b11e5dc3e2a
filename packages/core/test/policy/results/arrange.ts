import type { RequestId } from '../../../src/model/ids.js'
import { DEFAULT_ACCOUNT, DEFAULT_PROJECT, DEFAULT_QUEUE } from '../../../src/model/ids.js'
import type { NanoUsd } from '../../../src/model/money.js'
import type { Request, Verdict } from '../../../src/model/request.js'
import type { ResultRow } from '../../../src/model/result-row.js'

/** The bytes of a line: text as it stands, anything else as JSON. */
export function bytesOf(line: unknown): Uint8Array {
  return new TextEncoder().encode(typeof line === 'string' ? line : JSON.stringify(line))
}

/** The text of bytes. */
export function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? 'null' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

/** A message as the provider sends it, changed where a test needs it. */
export function message(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'msg_01ABCDEFGHJKMNPQRSTVWXYZ',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5-20251001',
    content: [{ type: 'text', text: 'ham' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 4, service_tier: 'batch' },
    ...changes,
  }
}

/** A line of a success. */
export function succeeded(
  changes: Record<string, unknown> = {},
  customId = 'h1x',
): Record<string, unknown> {
  return { custom_id: customId, result: { type: 'succeeded', message: message(changes) } }
}

/** A line of an error, nested as the provider nests it. */
export function errored(error: unknown, customId = 'h1x'): Record<string, unknown> {
  return {
    custom_id: customId,
    result: { type: 'errored', error: { type: 'error', error, request_id: null } },
  }
}

const REQUEST: Request = {
  id: 1 as RequestId,
  project: DEFAULT_PROJECT,
  account: DEFAULT_ACCOUNT,
  queue: DEFAULT_QUEUE,
  jobId: null,
  row: 1,
  key: 'claim-1',
  lane: '',
  model: 'claude-haiku-4-5',
  maxTokens: 64,
  itemBytes: 300,
  bodyId: 1,
  labels: null,
  state: 'waiting',
  verdict: null,
  result: null,
  notBefore: 0,
  deadlineAt: null,
  createdAt: 0,
  doneAt: null,
  cancelRequestedAt: null,
  attemptCount: 1,
  failureCount: 0,
  expiryCount: 0,
  batchLimit: null,
  supersededBy: null,
}

/** A row of a job: waiting without a verdict, else done with it. */
export function resultRow(
  changes: Readonly<{
    verdict?: Verdict
    line?: unknown
    paidNano?: number | null
    request?: Partial<Request>
    policy?: ResultRow['policy']
  }>,
): ResultRow {
  const { verdict, line, paidNano = 0 } = changes
  const ended = verdict === undefined ? {} : { state: 'done' as const, verdict, doneAt: 1 }
  return {
    request: { ...REQUEST, ...ended, ...changes.request },
    attempt: null,
    line: line === undefined ? null : line instanceof Uint8Array ? line : bytesOf(line),
    paidNano: paidNano as NanoUsd | null,
    policy: changes.policy,
  }
}
