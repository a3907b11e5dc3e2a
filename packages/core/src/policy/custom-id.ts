import { InvariantError } from '../errors.js'
import {
  bytesToBase32,
  numberFromBase32,
  writeBytesBase32,
  writeNumberBase32,
} from '../model/crockford.js'
import type { Nonce, RequestId } from '../model/ids.js'

/** First two characters of every custom id of ours; also its version. */
const VERSION = 'h1'
const REQUEST_WIDTH = 11
const NONCE_WIDTH = 13
const SEAL_WIDTH = 16
const NONCE_AT = VERSION.length + REQUEST_WIDTH
const SEAL_AT = NONCE_AT + NONCE_WIDTH

/** Length of a custom id without the optional tail. The provider allows 64 of `[A-Za-z0-9_-]`. */
export const CUSTOM_ID_LENGTH: number = SEAL_AT + SEAL_WIDTH

/** Computes HMAC-SHA256; the Digest port's method fits. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array

/** Who a custom id is sealed for. */
export interface Sealing {
  readonly hmac: Hmac
  /** The store's keys, newest first; new ids use the first, all are accepted. */
  readonly keys: readonly Uint8Array[]
  /** As the provider named it when the send was looked at; null when it names none. */
  readonly workspaceId: string | null
}

/** What a custom id of our form says. Proven only by {@link verifyCustomId}. */
export interface CustomIdParts {
  readonly requestId: RequestId
  readonly nonce: Nonce
  readonly seal: string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Draws a nonce from at least 9 random bytes (65 of their bits). */
export function nonceFrom(random: Uint8Array): Nonce {
  return bytesToBase32(random, NONCE_WIDTH) as Nonce
}

/**
 * Makes the ids that the items of one batch bear on the wire: version, request, nonce, and a seal over all and the
 * workspace.
 *
 * @throws {InvariantError} when there is no key to seal with.
 */
export class CustomIdMaker {
  readonly #hmac: Hmac
  readonly #key: Uint8Array
  /** What is sealed; only the request in it changes from item to item. */
  readonly #message: Uint8Array

  constructor(nonce: Nonce, sealing: Sealing) {
    const key = sealing.keys[0]
    if (key === undefined) throw new InvariantError('A custom id needs a key of the store.')
    this.#hmac = sealing.hmac
    this.#key = key
    this.#message = messageOf(VERSION + '0'.repeat(REQUEST_WIDTH) + nonce, sealing)
  }

  /** Writes the {@link CUSTOM_ID_LENGTH} bytes of a request's id into `target`, from `at` on. */
  write(requestId: RequestId, target: Uint8Array, at: number): void {
    const message = this.#message
    const place = { target: message, at: VERSION.length, width: REQUEST_WIDTH }
    writeNumberBase32(requestId, place)
    for (let each = 0; each < SEAL_AT; each += 1) target[at + each] = message[each] ?? 0
    const seal = this.#hmac(this.#key, message)
    writeBytesBase32(seal, { target, at: at + SEAL_AT, width: SEAL_WIDTH })
  }
}

/** Makes one id, as {@link CustomIdMaker} does. */
export function makeCustomId(requestId: RequestId, nonce: Nonce, sealing: Sealing): string {
  const bytes = new Uint8Array(CUSTOM_ID_LENGTH)
  new CustomIdMaker(nonce, sealing).write(requestId, bytes, 0)
  return decoder.decode(bytes)
}

/** Reads an id of our form by fixed offsets; null for anything else. Proves nothing. */
export function parseCustomId(text: string): CustomIdParts | null {
  if (text.length < CUSTOM_ID_LENGTH || !text.startsWith(VERSION)) return null
  const requestId = numberFromBase32(text.slice(VERSION.length, NONCE_AT))
  if (requestId === null) return null
  return {
    requestId: requestId as RequestId,
    nonce: text.slice(NONCE_AT, SEAL_AT) as Nonce,
    seal: text.slice(SEAL_AT, CUSTOM_ID_LENGTH),
  }
}

/** Whether an id was made with one of the store's keys for this workspace. */
export function verifyCustomId(text: string, sealing: Sealing): boolean {
  const head = text.slice(0, SEAL_AT)
  const seal = text.slice(SEAL_AT, CUSTOM_ID_LENGTH)
  return (
    seal.length === SEAL_WIDTH && sealing.keys.some((key) => sealOf(head, key, sealing) === seal)
  )
}

function sealOf(head: string, key: Uint8Array, sealing: Sealing): string {
  return bytesToBase32(sealing.hmac(key, messageOf(head, sealing)), SEAL_WIDTH)
}

function messageOf(head: string, { workspaceId }: Sealing): Uint8Array {
  return encoder.encode(`${head}|${workspaceId ?? ''}`)
}
