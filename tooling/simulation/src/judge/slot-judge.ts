import {
  DAY_MS,
  HOUR_MS,
  laneOf,
  type QueueName,
  type QueuePolicy,
  type RequestLife,
} from '@halfrate/core'
import type { DrawnSchedule, Schedules } from '../scenario/with-schedules.js'
import { localSlots } from '../time/local-slots.js'
import type { Violations } from './violation.js'

// A queue that is planned over several batches, with a worker that stands still or dies in between.
const TOGETHER_MS = HOUR_MS
// From a slot until somebody looks, and until the batch is opened, when nothing goes wrong any more.
const CALM_MS = 2 * HOUR_MS
const FORESEEN_MS = 12 * DAY_MS

interface Waited {
  readonly id: number
  readonly queue: QueueName
  readonly createdAt: number
  /** When batches were opened that it was put into, ascending. */
  readonly openedAt: readonly number[]
  /** The first slot after it came. */
  readonly slotAt: number
}

/** What slots are judged by. */
export interface SlotJudgeOptions {
  readonly schedules: Schedules
  /** From when on nothing goes wrong any more. */
  readonly healedAt: number
  readonly violations: Violations
}

/**
 * Judges that queues with a schedule go at its slots: what came after one does not go before the next one, unless what it waits with goes for a
 * reason of its own, so that no slot fires twice; and none that comes when all is well is missed.
 */
export class SlotJudge {
  readonly #options: SlotJudgeOptions
  readonly #waited = new Map<string, Waited[]>()
  readonly #slots = new Map<DrawnSchedule, readonly number[]>()

  constructor(options: SlotJudgeOptions) {
    this.#options = options
  }

  /** Takes a request of a run, with the policy of its queue. */
  see({ request, attempts }: RequestLife, policy: Partial<QueuePolicy>): void {
    const { id, project, queue, account, lane, createdAt } = request
    const schedule = this.#options.schedules.byQueue.get(queue)
    const isByRoute = laneOf(lane).route === 'batch'
    if (schedule === undefined || !isByRoute || !goesBySlots(policy)) return
    const slotAt = this.#slotsOf(schedule).find((slot) => slot > createdAt)
    if (slotAt === undefined) return
    const own = attempts.filter(
      ({ submission }) => laneOf(submission.lane).route === 'batch' && submission.twinOf === null,
    )
    const openedAt = own.map(({ submission }) => submission.openedAt).toSorted((a, b) => a - b)
    const place = JSON.stringify([project, queue, account, lane])
    const waited = { id, queue, createdAt, openedAt, slotAt }
    this.#waited.set(place, [...(this.#waited.get(place) ?? []), waited])
  }

  /** Judges all of them, once every request was seen. */
  judge(): void {
    for (const place of this.#waited.values()) {
      for (const one of place) this.#judgeOne(one, place)
    }
  }

  #judgeOne(one: Waited, place: readonly Waited[]): void {
    const [first] = one.openedAt
    if (first === undefined) return
    if (first < one.slotAt && !place.some((other) => takesAlong(other, first))) {
      this.#add(one, `went at ${text(first)}, before its slot`)
    }
    const isCalm = one.slotAt > this.#options.healedAt + CALM_MS
    if (isCalm && first > one.slotAt + CALM_MS) {
      this.#add(one, `went at ${text(first)}, long after its slot`)
    }
  }

  #slotsOf(schedule: DrawnSchedule): readonly number[] {
    const known = this.#slots.get(schedule)
    if (known !== undefined) return known
    const { startAt } = this.#options.schedules
    const range = { from: startAt - 2 * DAY_MS, until: startAt + FORESEEN_MS }
    const slots = localSlots(schedule.times, schedule.timeZone, range)
    this.#slots.set(schedule, slots)
    return slots
  }

  #add({ id, queue, createdAt, slotAt }: Waited, fault: string): void {
    const came = `came at ${text(createdAt)}`
    const message = `Request ${id} of ${queue} ${came} and ${fault} at ${text(slotAt)}.`
    this.#options.violations.add('slot', message)
  }
}

// The rest of a job goes as soon as what went first of it is back, which may have been called.
function goesBySlots({ flush, canary = 0, primerWaitMs = 0 }: Partial<QueuePolicy>): boolean {
  const isByTime = flush !== undefined && 'schedule' in flush && flush.count === undefined
  return isByTime && canary === 0 && primerWaitMs === 0
}

// Whoever had waited for its slot by then goes with all that can share its batch.
function takesAlong({ slotAt, openedAt }: Waited, at: number): boolean {
  return slotAt <= at && openedAt.some((opened) => Math.abs(opened - at) <= TOGETHER_MS)
}

function text(at: number): string {
  return new Date(at).toISOString().slice(0, 19)
}
