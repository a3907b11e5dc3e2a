/** A hash over bytes that come in parts. */
export interface RunningHash {
  add(bytes: Uint8Array): void
  /** The digest of all that was added. Nothing can be added after it. */
  end(): Uint8Array
}

/** Hashes. A port, because core has no platform of its own. */
export interface Digest {
  /** The first 16 bytes of the SHA-256 of the given parts, one after another. */
  hash128(...parts: readonly Uint8Array[]): Uint8Array
  /** HMAC-SHA256, 32 bytes. */
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array
  /** Begins a SHA-256, 32 bytes. */
  sha256(): RunningHash
}
