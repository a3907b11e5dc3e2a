import type { Submission } from '../model/submission.js'
import { makeCustomId, type Sealing } from '../policy/custom-id.js'
import { BODY_HEAD, BODY_TAIL, ITEM_HEAD, ITEM_MIDDLE, ITEM_TAIL } from '../policy/wire-size.js'
import type { Store } from '../ports/store.js'
import type { MemberBody } from '../ports/store-sending.js'

const PIECE_BYTES = 64 * 1024
// Small enough that a page of bodies dies young; larger pages are no faster.
const PAGE_MEMBERS = 100
// Room for the item that fills a piece; a larger item makes its own.
const ROOM_BYTES = PIECE_BYTES + 8 * 1024
const COMMA = 0x2c

const encoder = new TextEncoder()
const MIDDLE = encoder.encode(ITEM_MIDDLE)
const TAIL = encoder.encode(ITEM_TAIL)

/** What a create body is made of. */
export interface BodyParams {
  readonly store: Store
  readonly submission: Submission
  readonly sealing: Sealing
}

/**
 * Streams the body of a create call from stored bytes, a page of members at a time.
 *
 * Nothing is parsed: an item is its custom id and the stored member bytes, so memory stays flat and the length is
 * known before the first byte.
 */
export async function* createBody(params: BodyParams): AsyncGenerator<Uint8Array> {
  const { store, submission } = params
  const writer = new PieceWriter()
  writer.write(encoder.encode(BODY_HEAD))
  let after = -1
  let isFirst = true
  for (;;) {
    const members = await store.readMembers({
      submissionId: submission.id,
      after,
      limit: Math.min(PAGE_MEMBERS, store.traits.pageLimit),
    })
    for (const member of members) {
      if (!isFirst) writer.writeByte(COMMA)
      isFirst = false
      writeItem(writer, member, params)
      if (writer.size >= PIECE_BYTES) yield writer.take()
    }
    const last = members.at(-1)
    if (last === undefined) break
    after = last.ordinal
  }
  writer.write(encoder.encode(BODY_TAIL))
  yield writer.take()
}

function writeItem(writer: PieceWriter, member: MemberBody, params: BodyParams): void {
  const customId = makeCustomId(member.requestId, params.submission.nonce, params.sealing)
  writer.writeText(ITEM_HEAD + customId)
  writer.write(MIDDLE)
  const prefix = member.prefix
  if (prefix !== null && prefix.length > 0) {
    writer.write(prefix)
    if (member.body.length > 0) writer.writeByte(COMMA)
  }
  writer.write(member.body)
  writer.write(TAIL)
}

/** Gathers small writes into pieces that are worth a socket write. */
class PieceWriter {
  #buffer = new Uint8Array(ROOM_BYTES)
  #size = 0

  get size(): number {
    return this.#size
  }

  write(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#size)
    this.#size += bytes.length
  }

  writeByte(byte: number): void {
    this.#reserve(1)
    this.#buffer[this.#size] = byte
    this.#size += 1
  }

  /** For text of ASCII characters only. */
  writeText(text: string): void {
    this.#reserve(text.length)
    encoder.encodeInto(text, this.#buffer.subarray(this.#size))
    this.#size += text.length
  }

  // The socket keeps what it was given until it is sent, so a piece is never written to again.
  take(): Uint8Array {
    const piece = this.#buffer.subarray(0, this.#size)
    this.#buffer = new Uint8Array(ROOM_BYTES)
    this.#size = 0
    return piece
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#size + more))
    grown.set(this.#buffer.subarray(0, this.#size))
    this.#buffer = grown
  }
}
