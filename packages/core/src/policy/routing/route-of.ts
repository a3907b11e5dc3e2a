import { laneOf, type Route } from '../../model/lane.js'

/** Why a request takes its route. Stable. `asked`: its caller asked for it. `default`: nothing speaks against a batch. */
export type RouteReason = 'asked' | 'default'

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

/** Decides by which route requests go: in a batch, unless somebody waits for the answer and said so. */
export function routeOf({ lane }: RouteFacts): RouteDecision {
  const { route } = laneOf(lane)
  return { route, reason: route === 'realtime' ? 'asked' : 'default' }
}
