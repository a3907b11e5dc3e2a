/**
 * What the provider takes per batch and not per request, so that requests which differ in it can't share one.
 */
export interface Lane {
  /** The `anthropic-version` header. A batch runs under the version that it was created with. */
  readonly apiVersion: string
  /** The `anthropic-beta` values, sorted, without repeats. */
  readonly betas: readonly string[]
  /** The `anthropic-user-profile-id` header, null for none. */
  readonly userProfileId: string | null
}

/** The API version that requests are sent under when the caller names none. */
export const DEFAULT_API_VERSION = '2026-10-21'

/** Writes a lane as the text that stores keep; equal lanes give equal text. */
export function laneKey(lane: Partial<Lane>): string {
  const betas = [...new Set(lane.betas ?? [])].sort()
  return JSON.stringify([lane.apiVersion ?? DEFAULT_API_VERSION, betas, lane.userProfileId ?? null])
}

/** Reads a lane back from {@link laneKey}'s text. */
export function laneOf(key: string): Lane {
  const [apiVersion, betas, userProfileId] = JSON.parse(key) as [string, string[], string | null]
  return { apiVersion, betas, userProfileId }
}
