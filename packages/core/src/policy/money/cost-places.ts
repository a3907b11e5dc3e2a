import type { CostPlace } from '../../model/cost-row.js'
import type { SubmissionId } from '../../model/ids.js'

/** How many submissions a store looks up for one page of costs. */
export const COST_SUBMISSIONS = 100

/** A submission that has places to read. */
export interface PlacedSubmission {
  readonly id: SubmissionId
  /** Ordinals given out, those of withdrawn members included. */
  readonly places: number
}

/** Which places one page of costs is read from. */
export interface CostPlaces {
  /** Ascending. Several are read whole; a single one from `from` on, before `to`. */
  readonly submissionIds: readonly SubmissionId[]
  readonly from: number
  readonly to: number
  readonly next: CostPlace | null
}

/**
 * Chooses the places of one page, at most `limit`, whether there is a cost at each or not, so that no page looks at more.
 *
 * @param found the first {@link COST_SUBMISSIONS} submissions of the question by id, from that of `after` on.
 */
export function costPlaces(
  found: readonly PlacedSubmission[],
  page: { readonly after: CostPlace | null; readonly limit: number },
): CostPlaces {
  const { after, limit } = page
  const left = found.filter(
    ({ id, places }) => id !== after?.submissionId || places > after.ordinal + 1,
  )
  const isLast = found.length < COST_SUBMISSIONS
  const [first] = left
  if (first === undefined) {
    const last = found.at(-1)
    const next = isLast || last === undefined ? null : endOf(last)
    return { submissionIds: [], from: 0, to: 0, next }
  }
  const from = first.id === after?.submissionId ? after.ordinal + 1 : 0
  if (from > 0 || first.places > limit) {
    const to = Math.min(first.places, from + limit)
    const isEnd = isLast && left.length === 1 && to === first.places
    const next = isEnd ? null : { submissionId: first.id, ordinal: to - 1 }
    return { submissionIds: [first.id], from, to, next }
  }
  const whole = fitting(left, limit)
  const isEnd = isLast && whole.length === left.length
  const next = isEnd ? null : endOf(whole.at(-1) ?? first)
  return { submissionIds: whole.map(({ id }) => id), from: 0, to: limit, next }
}

function fitting(left: readonly PlacedSubmission[], limit: number): readonly PlacedSubmission[] {
  let places = 0
  const tooMuch = left.findIndex((each) => {
    places += each.places
    return places > limit
  })
  return tooMuch === -1 ? left : left.slice(0, tooMuch)
}

function endOf({ id, places }: PlacedSubmission): CostPlace {
  return { submissionId: id, ordinal: Math.max(0, places - 1) }
}
