import { type EpochMs, MINUTE_MS } from './time.js'

/** How a request is sent: in a batch with others, at half the price, or by itself in a call that is answered at once. */
export type Route = 'batch' | 'realtime'

/**
 * Why a request goes in real time whose caller named no route. `rollout`: its queue sends a part of its requests in batches, which it
 * is none of. `deadline`: a batch would likely be back after it is wanted, and its queue goes by the rules. `few`: its queue has few requests, and says
 * that they go so where there is none to share a batch with. `rescue`: it waited for a
 * batch until that would likely be back too late, and its queue is rescued. `hedge`: the lane of a call only, and of no request, for one that
 * is in a batch which is still at the provider shortly before it is wanted.
 */
export type RealtimeReason = 'rollout' | 'deadline' | 'few' | 'rescue' | 'hedge'

/**
 * What the provider takes per batch and not per request, so that requests which differ in it can't share one; and whether it is a
 * batch at all. Those that are sent in real time share their lane with their like alone, and so do those that are wanted by an instant.
 */
export interface Lane {
  /** The `anthropic-version` header. A batch runs under the version that it was created with. */
  readonly apiVersion: string
  /** The `anthropic-beta` values, sorted, without repeats. */
  readonly betas: readonly string[]
  /** The `anthropic-user-profile-id` header, null for none. */
  readonly userProfileId: string | null
  readonly route: Route
  /** When the answers of a batch, or of a call that hedges one, are wanted, on the grid of {@link deadlineLane}; null for no instant. */
  readonly deadlineAt: EpochMs | null
  /** Of real time that nobody asked for; else null. */
  readonly why: RealtimeReason | null
}

/** The API version that requests are sent under when the caller names none. */
export const DEFAULT_API_VERSION = '2026-10-21'

/** Writes a lane as the text that stores keep; equal lanes give equal text. */
export function laneKey(lane: Partial<Lane>): string {
  const betas = [...new Set(lane.betas ?? [])].sort()
  const parts = [lane.apiVersion ?? DEFAULT_API_VERSION, betas, lane.userProfileId ?? null]
  const { route = 'batch', deadlineAt = null, why = null } = lane
  // Batches came first, and their lanes stand in stores as they are. What is called at once has no need of an instant, but for what
  // is of no use after it.
  if (route === 'realtime') {
    const until = why === 'hedge' ? deadlineAt : null
    return JSON.stringify([...parts, route, ...(why ? [until, why] : [])])
  }
  return JSON.stringify(deadlineAt === null ? parts : [...parts, route, deadlineAt])
}

// Requests that are wanted within the same five minutes may share a batch.
const GRID_MS = 5 * MINUTE_MS

/** The lane of requests that are wanted by an instant: on a grid, so that neighbours share batches, and never later than asked. */
export function deadlineLane(lane: Partial<Lane>, deadlineAt: EpochMs | null): string {
  if (deadlineAt === null) return laneKey(lane)
  return laneKey({ ...lane, deadlineAt: Math.floor(deadlineAt / GRID_MS) * GRID_MS })
}

/** A lane as the provider sees it, to which it is the same by whenever its answers are wanted, and why it is called. */
export function lanesAlike(one: string, other: string): boolean {
  return one === other || asProviderSees(one) === asProviderSees(other)
}

function asProviderSees(key: string): string {
  return key
    .replace(/,"batch",\d+\]$/, ']')
    .replace(/,"realtime",(?:null|\d+),"\w+"\]$/, ',"realtime"]')
}

/** Reads a lane back from {@link laneKey}'s text. */
export function laneOf(key: string): Lane {
  const [apiVersion, betas, userProfileId, route = 'batch', deadlineAt = null, why = null] =
    JSON.parse(key) as [string, string[], string | null, Route?, EpochMs?, RealtimeReason?]
  return { apiVersion, betas, userProfileId, route, deadlineAt, why }
}
