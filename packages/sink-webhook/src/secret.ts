import { ConfigError } from '@halfrate/core'
import { systemBytes } from './system.js'

const PREFIX = 'whsec_'
const NEW_BYTES = 32
// Source: the specification of Standard Webhooks, section on symmetric secrets, 2026-11-23.
const LEAST_BYTES = 24
const MOST_BYTES = 64

/** A new secret: `whsec_` and 32 random bytes in base64. Whoever has it can sign as you do. */
export function newWebhookSecret(): string {
  return PREFIX + systemBytes(NEW_BYTES).toString('base64')
}

/**
 * The bytes of a secret.
 *
 * @throws {ConfigError} when it is not `whsec_` and 24 to 64 bytes in base64. What came is not in the message.
 */
export function secretBytes(secret: unknown): Buffer {
  const text = typeof secret === 'string' && secret.startsWith(PREFIX) ? secret : ''
  const encoded = text.slice(PREFIX.length)
  const bytes = Buffer.from(encoded, 'base64')
  const isWhole = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '')
  if (isWhole && bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES) return bytes
  throw new ConfigError(
    `secrets: expected ${PREFIX} and ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64, got something else.`,
    'Make one by newWebhookSecret(), and give it to the receiver too. Nothing was sent.',
  )
}
