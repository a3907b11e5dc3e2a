import type { EngineEvent } from '@halfrate/core'

/**
 * A command that somebody can type, and that finds the store which this one works on.
 *
 * @param words what stands behind `halfrate`, with the flags that say what it is about.
 * @param storeFlag ` --store FILE`, as `storeFlag` answers it; empty for the usual place.
 */
export function commandText(words: string, storeFlag: string): string {
  return `halfrate ${words}${storeFlag}`
}

const IN_ALARMS = /\bhalfrate ((?:recover|decide \d+ (?:resend|fail))\b)/g

/** An event whose message names commands, which know nothing of where the store is, with commands that find it. */
export function ledEvent(event: EngineEvent, storeFlag: string): EngineEvent {
  if (event.type !== 'alarm') return event
  const led = (_: string, words: string): string => commandText(words, storeFlag)
  return { ...event, message: event.message.replace(IN_ALARMS, led) }
}
