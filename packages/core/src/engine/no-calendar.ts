import { ConfigError } from '../errors.js'
import type { Calendar } from '../ports/calendar.js'

/** Stands for a calendar where none was given: a queue with a schedule waits and says why, the others go on. */
export const NO_CALENDAR: Calendar = {
  nextSlotAt() {
    throw new ConfigError(
      'a queue flushes by a schedule, and this engine has no calendar to read it.',
      'Give the engine a calendar, as openHalfrate does, or the queue another flush rule.',
    )
  },
}
