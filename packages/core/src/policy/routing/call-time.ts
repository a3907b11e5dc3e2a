import { MINUTE_MS } from '../../model/time.js'

// An answer of 128,000 tokens is expected to take an hour at most, which is what the provider's own SDK reckons with. A
// connection over which nothing comes for more than ten minutes is not sure to stay open.
const TOKENS_AN_HOUR = 128_000
const HOUR = 60 * MINUTE_MS

/** No call takes longer than this. */
export const LONGEST_CALL_MS: number = 10 * MINUTE_MS

/** How long a call in real time may take, from its first byte to its whole answer: by how long the answer may become. */
export function callMsOf(maxTokens: number): number {
  return Math.min(LONGEST_CALL_MS, MINUTE_MS + Math.ceil((maxTokens * HOUR) / TOKENS_AN_HOUR))
}
