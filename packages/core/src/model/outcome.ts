/** How one attempt ended, in the provider's words. Only `succeeded` is billed. */
export type OutcomeType = 'succeeded' | 'errored' | 'canceled' | 'expired'

/**
 * Whether a success is worth something to the caller.
 *
 * `cut_off`: stopped by `max_tokens`, the context window or `pause_turn`. `refused`: stop reason
 * `refusal`. `empty`: no content block besides thinking. `output_invalid`: not of the form that its queue's `outputSchema` asks
 * for. Every other success is `usable`.
 */
export type Usability = 'usable' | 'cut_off' | 'refused' | 'empty' | 'output_invalid'

/** Rows of a batch by outcome; `processing` is what has none yet. Meaningful only once the batch ended. */
export interface OutcomeCounts {
  readonly processing: number
  readonly succeeded: number
  readonly errored: number
  readonly canceled: number
  readonly expired: number
}

/** The number of requests in a batch, whatever became of them. */
export function totalOf(counts: OutcomeCounts): number {
  return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
}
