import {
  type CreateParams,
  type CreateResult,
  laneKey,
  type Nonce,
  type RemoteBatch,
  type ResultsPiece,
} from '@halfrate/core'
import type { TransportHarness } from './transport-harness.js'

let nonces = 0

/** A nonce that no other call has. */
export function newNonce(): Nonce {
  nonces += 1
  return `nonce${String(nonces).padStart(8, '0')}` as Nonce
}

/** Custom ids in the form that the engine makes. */
export function sampleIds(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `a1-${String(at).padStart(39, '0')}`)
}

/** The body of a create, as it goes over the wire. */
export function sampleBody(customIds: readonly string[]): Uint8Array {
  const requests = customIds.map((customId) => ({
    custom_id: customId,
    params: {
      model: 'claude-haiku-4-5',
      max_tokens: 64,
      messages: [{ role: 'user', content: `Say ü and \u2028 for ${customId}.` }],
    },
  }))
  return new TextEncoder().encode(JSON.stringify({ requests }))
}

/** A create of so many requests; the body comes in pieces of `pieceBytes`. */
export function sampleCreate(
  harness: TransportHarness,
  over: Partial<CreateParams> & { readonly count?: number; readonly pieceBytes?: number } = {},
): CreateParams {
  const { count = 3, pieceBytes = 100, ...params } = over
  const bytes = sampleBody(sampleIds(count))
  return {
    account: harness.account,
    lane: laneKey({}),
    nonce: newNonce(),
    requestCount: count,
    contentLength: bytes.length,
    body: piecesOf(bytes, pieceBytes),
    mayContinue: () => true,
    ...params,
  }
}

/** Bytes in pieces of the given size. */
export async function* piecesOf(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

/** Creates a batch that must be accepted. */
export async function acceptedBatch(
  harness: TransportHarness,
  over: Parameters<typeof sampleCreate>[1] = {},
): Promise<RemoteBatch> {
  const result = await harness.transport.createBatch(sampleCreate(harness, over))
  return batchOf(result)
}

/** The batch of a create that must be accepted. */
export function batchOf(result: CreateResult): RemoteBatch {
  if (result.type === 'accepted') return result.batch
  throw new TypeError(`The create is ${result.type}: ${result.error.message}`)
}

/** A results body as it was read: its lines as text, and how often and how it ended. */
export interface ReadResults {
  readonly lines: readonly string[]
  readonly ends: readonly Extract<ResultsPiece, { type: 'end' }>[]
}

/** Reads the results of a batch that must have some. */
export async function readResults(
  harness: TransportHarness,
  batch: RemoteBatch,
): Promise<ReadResults> {
  const { transport, account } = harness
  const opened = await transport.streamResults({ account, remoteId: batch.id })
  if (opened.type !== 'results') throw new TypeError(`The results are ${opened.type}.`)
  const lines: string[] = []
  const ends: Extract<ResultsPiece, { type: 'end' }>[] = []
  const decoder = new TextDecoder()
  for await (const piece of opened.pieces) {
    if (piece.type === 'end') ends.push(piece)
    else lines.push(...piece.lines.map((line) => decoder.decode(line)))
  }
  return { lines, ends }
}

/** The custom id of a result line. */
export function customIdOf(line: string): unknown {
  return (JSON.parse(line) as { readonly custom_id?: unknown }).custom_id
}
