/** Hashes. A port, because core has no platform of its own. */
export interface Digest {
  /** The first 16 bytes of the SHA-256 of the given parts, one after another. */
  hash128(...parts: readonly Uint8Array[]): Uint8Array
  /** HMAC-SHA256, 32 bytes. */
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array
}
