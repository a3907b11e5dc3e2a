import type { Draw } from '../chance/draw.js'
import { EventHeap } from './event-heap.js'

/** When a run ends. */
export interface RunLimits {
  /** Asked after every event. */
  readonly isOver: () => boolean
  /** The run ends before the first event after this instant. */
  readonly until: number
  /** Most events within the span; a run that needs more goes round in circles. */
  readonly maxEvents: number
  /** Of virtual time. Default: the whole run. */
  readonly withinMs?: number
}

// The span of virtual time that runs, and the events in it so far.
interface Span {
  from: number
  events: number
}

/** How a run ended. */
export type RunEnd = 'over' | 'until' | 'idle' | 'max_events'

/**
 * Owns virtual time and every wait: one event at a time, and time moves only from one to the next.
 *
 * After each event everything that it set off runs until it waits again, so nothing depends on how the machine
 * interleaves. Events of the same instant come in an order drawn from the seed.
 */
export class Scheduler {
  readonly #heap = new EventHeap()
  readonly #draw: Draw
  #now: number
  #events = 0
  #underWay: () => Promise<unknown> | null = () => null

  constructor(startAt: number, draw: Draw) {
    this.#now = startAt
    this.#draw = draw
  }

  /** Virtual time, in epoch milliseconds. */
  get now(): number {
    return this.#now
  }

  /** Events so far. */
  get events(): number {
    return this.#events
  }

  /**
   * Names what happens outside of this process: no event comes before all of it has been answered, however long that
   * takes in real time.
   */
  waitFor(underWay: () => Promise<unknown> | null): void {
    this.#underWay = underWay
  }

  /** Has something happen after a while. */
  after(ms: number, run: () => void | Promise<void>): void {
    const at = this.#now + Math.max(0, Math.round(ms))
    this.#heap.push({ at, order: this.#draw.fraction(), run })
  }

  /** Lets events happen until one of the limits is reached. */
  run(limits: RunLimits): Promise<RunEnd> {
    const span: Span = { from: this.#now, events: 0 }
    return new Promise((resolve, reject) => {
      const goOn = (): void => {
        // What an answer from outside sets off may ask again.
        const asked = this.#underWay()
        if (asked !== null) {
          asked.then(() => whenQuiet(goOn), reject)
          return
        }
        try {
          const end = this.#next(limits, span, reject)
          if (end === null) whenQuiet(goOn)
          else resolve(end)
        } catch (error) {
          reject(error)
        }
      }
      whenQuiet(goOn)
    })
  }

  // Lets one event happen, or says why none does. One that fails ends the run.
  #next(limits: RunLimits, span: Span, fail: (error: unknown) => void): RunEnd | null {
    if (limits.isOver()) return 'over'
    const event = this.#heap.pop()
    if (event === undefined) return 'idle'
    if (event.at > limits.until) {
      this.#heap.push(event)
      this.#now = Math.floor(limits.until)
      return 'until'
    }
    if (event.at - span.from >= (limits.withinMs ?? Number.POSITIVE_INFINITY)) {
      span.from = event.at
      span.events = 0
    }
    if (span.events >= limits.maxEvents) return 'max_events'
    span.events += 1
    this.#events += 1
    this.#now = event.at
    event.run()?.catch(fail)
    return null
  }
}

const NOW: Promise<void> = Promise.resolve()

// The queue of ticks comes to its turn only when no promise is left that could go on; but one tick that adds another is
// followed by that at once, so the way there is over a promise. Cheaper by far than a turn of the event loop, of which
// nothing here has need.
function whenQuiet(goOn: () => void): void {
  void NOW.then(() => process.nextTick(goOn))
}
