import type { Route } from '../../model/lane.js'
import { type LinePlace, refusal } from './intake-error.js'
import { shownValue } from './shown-value.js'

const ROUTES: readonly Route[] = ['batch', 'realtime']

/**
 * Checks by which route a request is to go; null where its caller names none.
 *
 * @throws {InvalidInputError} rule `invalid_route`.
 */
export function readRoute(value: unknown, place: LinePlace): Route | null {
  if (value === undefined) return null
  const route = ROUTES.find((each) => each === value)
  if (route !== undefined) return route
  throw refusal({
    place,
    field: 'route',
    rule: 'invalid_route',
    problem: `expected ${ROUTES.join(' or ')}, got ${shownValue(value)}.`,
  })
}
