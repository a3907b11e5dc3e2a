import { CUSTOM_ID_LENGTH, type CustomIdMaker } from '../policy/custom-id.js'
import { BODY_HEAD, BODY_TAIL, ITEM_HEAD, ITEM_MIDDLE, ITEM_TAIL } from '../policy/wire-size.js'
import type { MemberBody } from '../ports/store-sending.js'

/** Bytes of a piece that is worth a socket write; larger ones only leave more garbage behind. */
export const PIECE_BYTES: number = 64 * 1024

const encoder = new TextEncoder()
const HEAD = encoder.encode(BODY_HEAD)
const TAIL = encoder.encode(BODY_TAIL)
const END = encoder.encode(ITEM_TAIL)
const COMMA = 0x2c
// 128 kB for each piece, measured: of more or of larger arrays V8 comes to think that they last, and makes them where
// it seldom looks.
const PACERS = 16
const PACER_SLOTS = 1_000
// The comma before an item, the one after its prefix, and whatever may still have to follow it.
const EXTRA_BYTES = 2 + END.length + TAIL.length

/**
 * Writes the items of a create body into pieces. Each begins with a new buffer, since a socket keeps what it was given
 * until it is sent.
 */
export class ItemWriter {
  readonly #ids: CustomIdMaker
  #piece = new Uint8Array(PIECE_BYTES)
  #size = 0
  // Buffers lie outside of the heap of V8, which frees young ones only when its young heap is full or 64 MB of them
  // have gathered. Nothing else here fills that heap, so this does, and a send needs some 50 MB less.
  #pace = pacers()
  #isFirst = true
  #prefix: Uint8Array | null = null
  #opening = openingOf(null)

  constructor(ids: CustomIdMaker) {
    this.#ids = ids
    this.#write(HEAD)
  }

  /** Adds an item whose body is at most {@link PIECE_BYTES}. Answers the piece that had no room for it, else null. */
  add(member: MemberBody): Uint8Array | null {
    const full = this.#makeRoom(member, member.body.length)
    this.#open(member)
    this.#write(member.body)
    this.#write(END)
    return full
  }

  /** Adds an item of any size: its body is handed on as it is, in pieces between which a sender can stop. */
  *addLarge(member: MemberBody): Generator<Uint8Array> {
    const full = this.#makeRoom(member, 0)
    if (full !== null) yield full
    this.#open(member)
    yield this.#take(PIECE_BYTES)
    const { body } = member
    for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES)
    this.#write(END)
  }

  /** The last piece. Nothing can be added after it. */
  end(): Uint8Array {
    this.#write(TAIL)
    return this.#take(0)
  }

  #makeRoom({ prefix }: MemberBody, bodyBytes: number): Uint8Array | null {
    if (prefix !== this.#prefix) {
      this.#prefix = prefix
      this.#opening = openingOf(prefix)
    }
    const bytes = this.#opening.length + bodyBytes + EXTRA_BYTES
    if (this.#size + bytes <= this.#piece.length) return null
    return this.#take(Math.max(PIECE_BYTES, bytes))
  }

  #open({ requestId, prefix, body }: MemberBody): void {
    if (!this.#isFirst) this.#writeComma()
    this.#isFirst = false
    const idAt = this.#size + ITEM_HEAD.length
    this.#write(this.#opening)
    this.#ids.write(requestId, this.#piece, idAt)
    if (prefix !== null && prefix.length > 0 && body.length > 0) this.#writeComma()
  }

  #writeComma(): void {
    this.#piece[this.#size] = COMMA
    this.#size += 1
  }

  #write(bytes: Uint8Array): void {
    this.#piece.set(bytes, this.#size)
    this.#size += bytes.length
  }

  #take(nextBytes: number): Uint8Array {
    const piece = this.#piece.subarray(0, this.#size)
    if (this.#pace.length > 0) this.#pace = pacers()
    this.#piece = new Uint8Array(nextBytes)
    this.#size = 0
    return piece
  }
}

function pacers(): readonly unknown[] {
  return Array.from({ length: PACERS }, () => new Array<number>(PACER_SLOTS).fill(0))
}

// An item up to its body, with room for its custom id. Members that follow each other mostly share a prefix.
function openingOf(prefix: Uint8Array | null): Uint8Array {
  const frame = encoder.encode(ITEM_HEAD + ' '.repeat(CUSTOM_ID_LENGTH) + ITEM_MIDDLE)
  const opening = new Uint8Array(frame.length + (prefix?.length ?? 0))
  opening.set(frame)
  if (prefix !== null) opening.set(prefix, frame.length)
  return opening
}
