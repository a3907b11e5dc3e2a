/** How a request is sent: in a batch with others, at half the price, or by itself in a call that is answered at once. */
export type Route = 'batch' | 'realtime'

/**
 * What the provider takes per batch and not per request, so that requests which differ in it can't share one; and whether it is a
 * batch at all. Those that are sent in real time share their lane with their like alone.
 */
export interface Lane {
  /** The `anthropic-version` header. A batch runs under the version that it was created with. */
  readonly apiVersion: string
  /** The `anthropic-beta` values, sorted, without repeats. */
  readonly betas: readonly string[]
  /** The `anthropic-user-profile-id` header, null for none. */
  readonly userProfileId: string | null
  readonly route: Route
}

/** The API version that requests are sent under when the caller names none. */
export const DEFAULT_API_VERSION = '2026-10-21'

/** Writes a lane as the text that stores keep; equal lanes give equal text. */
export function laneKey(lane: Partial<Lane>): string {
  const betas = [...new Set(lane.betas ?? [])].sort()
  const parts = [lane.apiVersion ?? DEFAULT_API_VERSION, betas, lane.userProfileId ?? null]
  // Batches came first, and their lanes stand in stores as they are.
  return JSON.stringify(lane.route === 'realtime' ? [...parts, lane.route] : parts)
}

/** Reads a lane back from {@link laneKey}'s text. */
export function laneOf(key: string): Lane {
  const [apiVersion, betas, userProfileId, route] = JSON.parse(key) as [
    string,
    string[],
    string | null,
    Route?,
  ]
  return { apiVersion, betas, userProfileId, route: route ?? 'batch' }
}
