import { type Nonce, nonceFrom } from '@halfrate/core'
import { testDigest } from '../test-digest.js'

/** Builds the nonce with this number; different numbers give different nonces. */
export function aNonce(number: number): Nonce {
  return nonceFrom(testDigest.hash128(new TextEncoder().encode(`nonce ${number}`)))
}
