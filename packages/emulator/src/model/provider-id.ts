import type { SeededRandom } from './seeded-random.js'

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** The kinds of id that the provider hands out. */
export type ProviderIdPrefix = 'msgbatch' | 'msg' | 'req' | 'workerreq' | 'wrkspc' | 'toolu' | 'rlg'

/**
 * Makes an id of the provider's form: the prefix, `_01`, and 22 letters or digits.
 *
 * Source: documented examples are `msgbatch_` and 24 characters that start with `01`.
 */
export function providerId(prefix: ProviderIdPrefix, random: SeededRandom): string {
  let id = `${prefix}_01`
  for (let i = 0; i < 22; i++) id += ALPHABET[random.uint32() % ALPHABET.length]
  return id
}

/** Makes the id of an organisation, which has the form of a UUID. */
export function organizationId(random: SeededRandom): string {
  const hex = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join(
    '',
  )
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}
