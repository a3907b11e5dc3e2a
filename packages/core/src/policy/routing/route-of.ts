import { laneOf, type RealtimeReason, type Route } from '../../model/lane.js'

/**
 * Why a request takes its route. Stable. `asked`: its caller asked for it. `default`: nothing speaks against a batch. Others as they
 * stand with its lane.
 */
export type RouteReason = 'asked' | 'default' | RealtimeReason

/** What a route is decided on. */
export interface RouteFacts {
  /** What the request was taken in under. */
  readonly lane: string
}

/** By which route a request goes, and why. */
export interface RouteDecision {
  readonly route: Route
  readonly reason: RouteReason
}

/** By which route requests go, and why: in a batch, unless that was decided when they were taken in. */
export function routeOf({ lane }: RouteFacts): RouteDecision {
  const { route, why } = laneOf(lane)
  return { route, reason: route === 'realtime' ? (why ?? 'asked') : 'default' }
}
