import type { Request } from '../../model/request.js'
import type { EpochMs } from '../../model/time.js'

/**
 * Up to where the answers of a queue were read, so that the next reading has what is new and nothing twice.
 *
 * Neither ids nor instants alone say it: a request may be done long after those with higher ids, and ids of long ago are no
 * reason to go through them again. So what is new is told by when it was done, and ids only say where there is nothing left.
 */
export interface ReadingMark {
  /** What was done before this instant was given. */
  readonly doneFrom: EpochMs
  /** Every request up to this id was given, also those that a transaction which is still open may bring. */
  readonly afterId: number
  /** The highest id that was seen at `seenAt`. */
  readonly seenId: number
  readonly seenAt: EpochMs
}

/** Before the first reading. */
export const FIRST_READING: ReadingMark = Object.freeze({
  doneFrom: 0,
  afterId: 0,
  seenId: 0,
  seenAt: 0,
})

/**
 * What was done so shortly before a reading is left to the next one, milliseconds: the step that did it may not be committed
 * yet, and the clock may be put back by as much. A step of PostgreSQL takes no longer with its usual time-outs.
 */
const SETTLED_AFTER_MS = 300_000

/**
 * Ids are given out before what bears them is committed, and a transaction of the caller's own may take its time. What it
 * enqueues after this, milliseconds, could be passed by.
 */
const LATE_INTAKE_MS = 43_200_000

/** One reading of what is new in a queue: told of each request at or above the mark, by id, it says which are given and where the next one begins. */
export class ReadingOn {
  readonly #from: ReadingMark
  readonly #now: EpochMs
  readonly #doneBefore: EpochMs
  #lowestLeftId = Number.POSITIVE_INFINITY
  #highestId: number

  constructor(from: ReadingMark, now: EpochMs) {
    this.#from = from
    this.#now = now
    // A clock that was put back must not give again what was given.
    this.#doneBefore = Math.max(from.doneFrom, now - SETTLED_AFTER_MS)
    this.#highestId = from.seenId
  }

  /** `given`: new, and to be handed on. `open`: not done. `fresh`: done so shortly before that the next reading has it. */
  look({ id, doneAt }: Pick<Request, 'id' | 'doneAt'>): 'given' | 'open' | 'fresh' {
    this.#highestId = Math.max(this.#highestId, id)
    if (doneAt !== null && doneAt < this.#doneBefore) return 'given'
    this.#lowestLeftId = Math.min(this.#lowestLeftId, id)
    return doneAt === null ? 'open' : 'fresh'
  }

  /** Where the next reading begins, after the last request was looked at. */
  get mark(): ReadingMark {
    const { afterId, seenId, seenAt } = this.#from
    const isSettled = this.#now - seenAt >= LATE_INTAKE_MS
    return {
      doneFrom: this.#doneBefore,
      afterId: Math.min(this.#lowestLeftId - 1, isSettled ? seenId : afterId),
      seenId: isSettled ? this.#highestId : seenId,
      seenAt: isSettled ? this.#now : seenAt,
    }
  }
}
