import type { EpochMs } from '../model/time.js'

/** Days and hours as people count them, which change with places and by law. */
export interface Calendar {
  /**
   * The first slot of a schedule after an instant, in a time zone's own time.
   *
   * A fixed local time has one slot a day: in the first of two equal hours when clocks go back, and at the end of the gap
   * when it falls into the hour that is left out. The answer depends on what it is given and on nothing else.
   *
   * @throws {ConfigError} when the schedule can't be read or never occurs again, or there is no such time zone.
   */
  nextSlotAt(
    params: Readonly<{
      /** Five fields of cron: minute, hour, day of month, month, day of week. */
      schedule: string
      /** A name of the IANA database, such as `Europe/Berlin`. */
      timeZone: string
      after: EpochMs
    }>,
  ): EpochMs
}
