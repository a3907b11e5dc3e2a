import { HOUR_MS, MINUTE_MS } from '@halfrate/core'
import { Draw } from '../chance/draw.js'

/** How a person answers who is asked about lost answers. */
export interface PersonHabits {
  /** How often they look for questions, milliseconds. */
  readonly lookEveryMs: number
  /** The longest that they take over one, milliseconds. */
  readonly patienceMs: number
  /** Share of answers that come at the instant at which a worker looks at the same submission. */
  readonly atSteps: number
  /** Share of answers that say to send again. */
  readonly resends: number
  /** Share of looks at a lost answer at which they speak although nobody has asked yet, once at most. */
  readonly hasty: number
  /** Share of questions that are answered a second time, in whatever way. */
  readonly repeats: number
}

/** Draws them, from a draw of their own. */
export function drawPersonHabits(seed: number): PersonHabits {
  const draw = new Draw(seed, 'person')
  return {
    lookEveryMs: draw.logWhole(MINUTE_MS, 30 * MINUTE_MS),
    patienceMs: draw.logWhole(MINUTE_MS, 30 * HOUR_MS),
    atSteps: draw.pick([0, 0.3, 0.8]),
    resends: draw.pick([0.5, 0.9, 1]),
    repeats: draw.pick([0, 0.3, 1]),
    hasty: draw.pick([0, 0, 0.3]),
  }
}

/** The longest that a question may stay without an answer when all goes well: looking, thinking, and a worker's next look. */
export function longestAnswerMs(habits: PersonHabits, scanEveryMs: number): number {
  return 2 * habits.lookEveryMs + habits.patienceMs + 8 * scanEveryMs
}
