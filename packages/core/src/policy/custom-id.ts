import { InvariantError } from '../errors.js'
import { bytesToBase32, numberFromBase32, numberToBase32 } from '../model/crockford.js'
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

/** Draws a nonce from at least 9 random bytes (65 of their bits). */
export function nonceFrom(random: Uint8Array): Nonce {
  return bytesToBase32(random, NONCE_WIDTH) as Nonce
}

/** Makes the id that an item bears on the wire: version, request, nonce, and a seal over all and the workspace. */
export function makeCustomId(requestId: RequestId, nonce: Nonce, sealing: Sealing): string {
  const head = VERSION + numberToBase32(requestId, REQUEST_WIDTH) + nonce
  const key = sealing.keys[0]
  if (key === undefined) throw new InvariantError('A custom id needs a key of the store.')
  return head + sealOf(head, key, sealing)
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
  const message = encoder.encode(`${head}|${sealing.workspaceId ?? ''}`)
  return bytesToBase32(sealing.hmac(key, message), SEAL_WIDTH)
}
