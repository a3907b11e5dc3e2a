import {
  type AccountId,
  type CreateParams,
  type CreateResult,
  laneKey,
  type Nonce,
  type RemoteId,
  type ResultsPiece,
  type Transport,
} from '@halfrate/core'
import { createHttpTransport, type HttpAccount, type HttpTransportOptions } from '../src/index.js'

export const ACCOUNT = 'main' as AccountId
export const BATCH_ID = 'msgbatch_01AbCdEfGhIjKlMnOpQrStUv' as RemoteId
/** Without the form of a key, so that it is hidden because it is known and for no other reason. */
export const KEY = 'planted+secret/42'
export const NOW = Date.UTC(2026, 10, 21, 12, 0, 0)

/** A transport with one account, at the given server. */
export function transportTo(
  baseUrl: string,
  account: Partial<HttpAccount> = {},
  options: Partial<HttpTransportOptions> = {},
): Transport {
  return createHttpTransport({
    accounts: () => ({
      baseUrl,
      ...(account.authToken === undefined && { apiKey: KEY }),
      ...account,
    }),
    now: () => NOW,
    ...options,
  })
}

/** What may carry a create, or results: what Node gives, and a program's own `fetch`. */
export const CARRIERS: readonly [name: string, options: Partial<HttpTransportOptions>][] = [
  ['node:http', {}],
  ['a fetch of one’s own', { fetch: (input, init) => globalThis.fetch(input, init) }],
]

/** A batch as the API writes it. */
export function wireBatch(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: BATCH_ID,
    type: 'message_batch',
    processing_status: 'in_progress',
    request_counts: { processing: 2, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    created_at: '2026-11-21T12:00:00.123456Z',
    expires_at: '2026-11-22T12:00:00.123456Z',
    ended_at: null,
    cancel_initiated_at: null,
    archived_at: null,
    results_url: null,
    ...over,
  }
}

/** The API's error envelope. */
export function envelope(type: string, message: string, code?: string): unknown {
  const details = code === undefined ? {} : { details: { error_code: code } }
  return { type: 'error', error: { type, message, ...details }, request_id: 'req_envelope' }
}

export const BODY: Buffer = Buffer.from('{"requests":[{"custom_id":"a"},{"custom_id":"b"}]}')

let nonces = 0

/** A create of {@link BODY}, in three pieces, under a nonce of its own. */
export function createParams(over: Partial<CreateParams> = {}): CreateParams {
  nonces += 1
  return {
    account: ACCOUNT,
    lane: laneKey({}),
    nonce: `nonce${nonces}` as Nonce,
    requestCount: 2,
    contentLength: BODY.length,
    body: piecesOf(BODY.subarray(0, 10), BODY.subarray(10, 20), BODY.subarray(20)),
    mayContinue: () => true,
    ...over,
  }
}

export async function* piecesOf(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* pieces
}

/** The error of a create that was not accepted. */
export function errorOfCreate(result: CreateResult): Exclude<CreateResult, { type: 'accepted' }> {
  if (result.type === 'accepted') throw new TypeError('The batch was accepted.')
  return result
}

/** Reads all pieces: the lines as text, and the ends, of which there must be one. */
export async function readAll(
  pieces: AsyncIterable<ResultsPiece>,
): Promise<{ lines: string[]; ends: Extract<ResultsPiece, { type: 'end' }>[] }> {
  const lines: string[] = []
  const ends: Extract<ResultsPiece, { type: 'end' }>[] = []
  for await (const piece of pieces) {
    if (piece.type === 'end') ends.push(piece)
    else lines.push(...piece.lines.map((line) => Buffer.from(line).toString()))
  }
  return { lines, ends }
}

/** Opens results that must be there. */
export async function piecesFrom(
  transport: Transport,
  signal?: AbortSignal,
): Promise<AsyncIterable<ResultsPiece>> {
  const opened = await transport.streamResults({ account: ACCOUNT, remoteId: BATCH_ID, signal })
  if (opened.type !== 'results') throw new TypeError(`Results are ${opened.type}.`)
  return opened.pieces
}
