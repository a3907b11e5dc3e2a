/**
 * What the provider, or something between us and it, said when it did not do as asked.
 *
 * Decide by `status`, `type` and `code`; the wording of `message` may change at any time.
 */
export interface ProviderError {
  /** HTTP status; null when there was no answer, and for an error inside a results line. */
  readonly status: number | null
  /** `error.type` of the API's envelope, null when the body was not the API's. */
  readonly type: string | null
  /** `error.details.error_code`, null when absent. */
  readonly code: string | null
  /** For people only. */
  readonly message: string
  /** The provider's id of the call, for its support. */
  readonly requestId: string | null
  /** How long the provider asks to wait, from `retry-after`; null when it does not say. */
  readonly retryAfterMs: number | null
}
