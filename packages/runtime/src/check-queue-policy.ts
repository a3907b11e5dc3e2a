import { checkFlush, type EpochMs, isScheduled, type QueuePolicy } from '@halfrate/core'
import { cronCalendar } from './cron-calendar.js'

/**
 * Checks what is to be set of a queue's policy, before it is stored.
 *
 * @throws {ConfigError} when a flush rule can't be used: a member out of its range, a schedule that can't be read or never
 * occurs, no such time zone.
 */
export function checkQueuePolicy({ flush }: Partial<QueuePolicy>, now: EpochMs): void {
  if (flush === undefined) return
  checkFlush(flush)
  if (isScheduled(flush)) cronCalendar.nextSlotAt({ ...flush, after: now })
}
