import type { NanoUsd } from '../../model/money.js'

/** What of a page fits under what is left of every cap, in its order. */
export interface RoomCut<T> {
  readonly fitting: readonly T[]
  /** What the first request that does not fit would take: null for an unknown price, undefined when all fit. */
  readonly neededNano: NanoUsd | null | undefined
}

/**
 * Takes requests in their order while they fit. After the first that doesn't fit none follows: what comes first goes first. An
 * unknown price fits under no cap.
 */
export function cutToRoom<T extends { readonly holdNano: NanoUsd | null }>(
  page: readonly T[],
  roomNano: number | null,
): RoomCut<T> {
  if (roomNano === null) return { fitting: page, neededNano: undefined }
  let sum = 0
  for (const [index, { holdNano }] of page.entries()) {
    sum += holdNano ?? 0
    if (holdNano === null || sum > roomNano) {
      return { fitting: page.slice(0, index), neededNano: holdNano }
    }
  }
  return { fitting: page, neededNano: undefined }
}
