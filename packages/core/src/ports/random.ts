/** Chance. Everything that is drawn comes through here, so that a run can be repeated from a seed. */
export interface Random {
  /** A number from 0 to below 1. */
  next(): number
  /** Bytes that nobody can guess (in production). */
  bytes(length: number): Uint8Array
}
