import { checkPolicy, type EpochMs, isScheduled, type QueuePolicy } from '@halfrate/core'
import { cronCalendar } from './cron-calendar.js'

/**
 * Checks what is to be set of a queue's policy, before it is stored.
 *
 * @throws {ConfigError} when a member is unknown or out of its range, a schedule can't be read or never occurs, or there is
 * no such time zone.
 */
export function checkQueuePolicy(policy: Partial<QueuePolicy>, now: EpochMs): void {
  checkPolicy(policy)
  const { flush } = policy
  if (flush !== undefined && isScheduled(flush)) cronCalendar.nextSlotAt({ ...flush, after: now })
}
