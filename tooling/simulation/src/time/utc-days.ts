import { type Calendar, DAY_MS } from '@halfrate/core'

/** A calendar of a world in which every day is as long as any other: midnight in UTC is all that it knows. */
export const utcDays: Calendar = {
  nextSlotAt: ({ after }) => (Math.floor(after / DAY_MS) + 1) * DAY_MS,
}
