/**
 * How often tools of the provider's servers were used, by the names that its `usage` counts them under, such as
 * `web_fetch_requests`. Whole numbers from 1; what was not used is not in it.
 */
export type ToolUses = Readonly<Record<string, number>>

/**
 * Tokens that one answered request was billed for, by class.
 *
 * Classes that the provider left out are 0. `outputTokens` includes thinking.
 *
 * Source: the provider's `usage` object, fact sheet section 7, 2026-11-21.
 */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  /** Tokens written to the five-minute cache. */
  readonly cacheWrite5mTokens: number
  /** Tokens written to the one-hour cache. */
  readonly cacheWrite1hTokens: number
  readonly webSearchRequests: number
  /** Where the model ran, in the provider's words (`global`, `us`, `not_available`), null when unsaid. */
  readonly inferenceGeo: string | null
}
