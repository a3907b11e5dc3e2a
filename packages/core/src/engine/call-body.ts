import { InvariantError } from '../errors.js'
import type { Submission } from '../model/submission.js'
import { BODY_HEAD, BODY_TAIL, ITEM_HEAD, ITEM_MIDDLE, ITEM_TAIL } from '../policy/wire-size.js'
import { type BodyParams, createBody } from './body.js'

const QUOTE = 0x22
const ID_AT = BODY_HEAD.length + ITEM_HEAD.length

/** What a call in real time sends, and what its answer is booked under. */
export interface CallBody {
  readonly customId: string
  /** The request's params. */
  readonly params: Uint8Array
  /** Most tokens that the answer may have; 0 when it does not say. */
  readonly maxTokens: number
}

/** Reads what a call sends: the one item of its submission, as it would stand in a batch, without its frame. Null when it has none. */
export async function readCallBody(params: BodyParams): Promise<CallBody | null> {
  const pieces: Uint8Array[] = []
  for await (const piece of createBody(params).body) pieces.push(piece)
  const body = joined(pieces)
  if (body.length <= BODY_HEAD.length + BODY_TAIL.length) return null
  const idEnd = body.indexOf(QUOTE, ID_AT)
  if (idEnd < 0) throw brokenBody(params.submission)
  const decoder = new TextDecoder()
  // The brace that opens the params stays, and so does the one that closes them.
  const from = idEnd + ITEM_MIDDLE.length - 1
  const to = body.length - BODY_TAIL.length - ITEM_TAIL.length + 1
  const text = body.subarray(from, to)
  return {
    customId: decoder.decode(body.subarray(ID_AT, idEnd)),
    params: text,
    maxTokens: maxTokensOf(text, params.submission),
  }
}

function maxTokensOf(params: Uint8Array, submission: Submission): number {
  try {
    const { max_tokens: tokens } = JSON.parse(new TextDecoder().decode(params)) as {
      readonly max_tokens?: unknown
    }
    return typeof tokens === 'number' && tokens > 0 ? tokens : 0
  } catch {
    throw brokenBody(submission)
  }
}

function brokenBody({ id }: Submission): InvariantError {
  return new InvariantError(`The body of submission ${id} is not one item of a batch.`)
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
