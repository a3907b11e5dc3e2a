import { writeBase64 } from '../policy/base64.js'
import { CUSTOM_ID_LENGTH, type CustomIdMaker } from '../policy/custom-id.js'
import { BODY_HEAD, BODY_TAIL, ITEM_HEAD, ITEM_MIDDLE, ITEM_TAIL } from '../policy/wire-size.js'
import type { MemberBody } from '../ports/store-sending.js'
import type { BodyPart } from './body-parts.js'

/** Bytes of a piece that is worth a socket write; larger ones only leave more garbage behind. */
export const PIECE_BYTES: number = 64 * 1024

/** A member as it is sent. */
export interface SentMember extends MemberBody {
  /** What its custom id ends in; left out when that is the fixed part alone. */
  readonly tail?: Uint8Array | undefined
}

const encoder = new TextEncoder()
const HEAD = encoder.encode(BODY_HEAD)
const TAIL = encoder.encode(BODY_TAIL)
const END = encoder.encode(ITEM_TAIL)
const COMMA = 0x2c
const TAIL_AT = ITEM_HEAD.length + CUSTOM_ID_LENGTH
// The comma before an item, the one after its prefix, and whatever may still have to follow it.
const EXTRA_BYTES = 2 + END.length + TAIL.length
// Characters of base64 for three bytes.
const QUANTUM = 4

/**
 * Writes the items of a create body into pieces. A socket keeps what it was given until it is sent, so each piece begins
 * with a buffer that nobody else has: a new one, or one that was given back.
 */
export class ItemWriter {
  readonly #ids: CustomIdMaker
  #piece: Uint8Array = new Uint8Array(PIECE_BYTES)
  #size = 0
  // Weakly, for a sender that gives nothing back must not find all that it sent in memory.
  readonly #lent = new WeakSet<ArrayBufferLike>()
  readonly #free: Uint8Array[] = []
  #isFirst = true
  #prefix: Uint8Array | null = null
  #opening = openingOf(null)

  constructor(ids: CustomIdMaker) {
    this.#ids = ids
    this.#write(HEAD)
  }

  /** Adds an item whose body is at most {@link PIECE_BYTES}. Answers the piece that had no room for it, else null. */
  add(member: SentMember): Uint8Array | null {
    const full = this.#makeRoom(member, member.body.length)
    this.#open(member)
    this.#write(member.body)
    this.#write(END)
    return full
  }

  /** Adds an item of any size: its body is handed on as it is, in pieces between which a sender can stop. */
  *addLarge(member: SentMember): Generator<Uint8Array> {
    const full = this.#makeRoom(member, 0)
    if (full !== null) yield full
    this.#open(member)
    yield this.#take(PIECE_BYTES)
    const { body } = member
    for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES)
    this.#write(END)
  }

  /** Adds an item whose body comes in parts, files among them, copied into pieces between which a sender can stop. */
  async *addInParts(
    member: SentMember,
    parts: AsyncIterable<BodyPart>,
  ): AsyncGenerator<Uint8Array> {
    const full = this.#makeRoom(member, 0)
    if (full !== null) yield full
    this.#open(member)
    for await (const { bytes, isFile } of parts) {
      for (let at = 0; at < bytes.length; ) {
        // A quantum of base64 is never cut, so room for less than one is none.
        const room = this.#piece.length - EXTRA_BYTES - this.#size
        if (room < QUANTUM) yield this.#take(PIECE_BYTES)
        else at += this.#copy(bytes.subarray(at), isFile, room)
      }
    }
    this.#write(END)
  }

  // Answers how many of the bytes had room.
  #copy(bytes: Uint8Array, isFile: boolean, room: number): number {
    const count = isFile ? Math.floor(room / QUANTUM) * 3 : room
    const fitting = bytes.subarray(0, count)
    if (isFile) this.#size = writeBase64(fitting, this.#piece, this.#size)
    else this.#write(fitting)
    return fitting.length
  }

  /** The last piece. Nothing can be added after it. */
  end(): Uint8Array {
    this.#write(TAIL)
    return this.#take(0)
  }

  /** Takes back a piece that nobody looks at any more. One that is not of its own making is left alone. */
  reuse(piece: Uint8Array): void {
    if (this.#lent.delete(piece.buffer)) this.#free.push(new Uint8Array(piece.buffer))
  }

  #makeRoom({ prefix, tail }: SentMember, bodyBytes: number): Uint8Array | null {
    if (prefix !== this.#prefix) {
      this.#prefix = prefix
      this.#opening = openingOf(prefix)
    }
    const bytes = this.#opening.length + (tail?.length ?? 0) + bodyBytes + EXTRA_BYTES
    if (this.#size + bytes <= this.#piece.length) return null
    return this.#take(Math.max(PIECE_BYTES, bytes))
  }

  #open({ requestId, prefix, body, tail }: SentMember): void {
    if (!this.#isFirst) this.#writeComma()
    this.#isFirst = false
    const idAt = this.#size + ITEM_HEAD.length
    if (tail === undefined) this.#write(this.#opening)
    else {
      this.#write(this.#opening.subarray(0, TAIL_AT))
      this.#write(tail)
      this.#write(this.#opening.subarray(TAIL_AT))
    }
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
    if (piece.buffer.byteLength === PIECE_BYTES) this.#lent.add(piece.buffer)
    const free = nextBytes === PIECE_BYTES ? this.#free.pop() : undefined
    this.#piece = free ?? new Uint8Array(nextBytes)
    this.#size = 0
    return piece
  }
}

// An item up to its body, with room for its custom id. Members that follow each other mostly share a prefix.
function openingOf(prefix: Uint8Array | null): Uint8Array {
  const frame = encoder.encode(ITEM_HEAD + ' '.repeat(CUSTOM_ID_LENGTH) + ITEM_MIDDLE)
  const opening = new Uint8Array(frame.length + (prefix?.length ?? 0))
  opening.set(frame)
  if (prefix !== null) opening.set(prefix, frame.length)
  return opening
}
