import type { Route } from '../../model/lane.js'
import type { EpochMs } from '../../model/time.js'
import type { TurnaroundFacts } from '../turnaround/send-by.js'
import { spanWords } from './span-words.js'

/**
 * Why a route is advised. Stable.
 *
 * - `asked`: the caller named it.
 * - `waiting`: somebody waits for the answer.
 * - `deadline_near`: it is wanted before a batch is likely back.
 * - `deadline_too_near`: it is wanted before even a call is surely over, so that no route can promise it.
 * - `few`: there are few such requests and none to share a batch with, for which the queue's own word counts.
 * - `default`: nothing speaks against a batch.
 */
export type AdviceReason =
  | 'asked'
  | 'waiting'
  | 'deadline_near'
  | 'deadline_too_near'
  | 'few'
  | 'default'

/** Requests too few to fill batches, and what is then to be done. */
export interface FewFacts {
  /** Of the queue, on average. */
  readonly requestsADay: number
  /** Below so many a day they are few. */
  readonly fewerThan: number
  /** Whether there are others that the same batch would take. */
  readonly canShare: boolean
  /** How few go. */
  readonly whenFew: Route
}

/** What is known of a request before it is put into a queue. */
export interface RouteQuestion {
  readonly now: EpochMs
  /** The route that its caller named; null for none. */
  readonly asked: Route | null
  /** Whether somebody waits for the answer. */
  readonly isAwaited: boolean
  /** When the answer is wanted; null for no instant. */
  readonly deadlineAt: EpochMs | null
  /** How long a batch takes until its answers are there. */
  readonly turnaround: TurnaroundFacts
  /** How long it may take in real time until its answer is there, calls included that go before it. */
  readonly callMs: number
  /** Null where nobody counts them. */
  readonly few: FewFacts | null
}

/** Which route a request is best sent by, and why. */
export interface RouteAdvice {
  /** Null when none can keep the deadline. */
  readonly route: Route | null
  readonly reason: AdviceReason
  /** The reason with its figures, for people; it ends without a full stop. */
  readonly sentence: string
  /** Whether the answer is likely there when it is wanted, by that route; null for no deadline. */
  readonly isInTime: boolean | null
}

/**
 * Advises the cheapest route that keeps what is wanted. The caller's word comes first, then who waits, then the deadline; a batch
 * is what remains.
 */
export function adviseRoute(question: RouteQuestion): RouteAdvice {
  const { asked, isAwaited, few } = question
  if (asked !== null) {
    return advice(question, asked, 'asked', `${NAMES[asked]} was asked for`)
  }
  if (isAwaited) return advice(question, 'realtime', 'waiting', 'somebody waits for the answer')
  const near = byDeadline(question)
  if (near !== null) return near
  if (few !== null && isFew(few)) return advice(question, few.whenFew, 'few', fewWords(few))
  return advice(question, 'batch', 'default', defaultWords(question))
}

const NAMES: Readonly<Record<Route, string>> = { batch: 'a batch', realtime: 'real time' }

function byDeadline(question: RouteQuestion): RouteAdvice | null {
  const { deadlineAt, now, callMs, turnaround } = question
  if (deadlineAt === null) return null
  const leftMs = deadlineAt - now
  if (leftMs >= turnaround.likelyMs) return null
  const wanted = wantedWords(leftMs)
  if (leftMs < callMs) {
    const words = `${wanted}, and even in real time it may take ${spanWords(callMs, 'up')}: no route can promise it`
    return advice(question, null, 'deadline_too_near', words)
  }
  const words = `${wanted}, and a batch is likely back only after ${likelyWords(turnaround)}`
  return advice(question, 'realtime', 'deadline_near', words)
}

function isFew({ requestsADay, fewerThan, canShare }: FewFacts): boolean {
  return requestsADay < fewerThan && !canShare
}

function fewWords({ requestsADay, fewerThan, whenFew }: FewFacts): string {
  const count = Math.floor(requestsADay)
  return `fewer than ${fewerThan} requests a day (${count}) and none to share a batch with, and the queue says ${NAMES[whenFew]} then`
}

function defaultWords({ deadlineAt, now, turnaround }: RouteQuestion): string {
  if (deadlineAt === null) return 'nothing speaks against a batch'
  return `${wantedWords(deadlineAt - now)}, and a batch is likely back after ${likelyWords(turnaround)}`
}

function wantedWords(leftMs: number): string {
  return leftMs > 0 ? `wanted in ${spanWords(leftMs, 'down')}` : 'wanted by an instant that is over'
}

function likelyWords({ likelyMs, from }: TurnaroundFacts): string {
  const grounds = from === 'prior' ? 'what is published' : 'your own batches'
  return `${spanWords(likelyMs, 'up')} (by ${grounds})`
}

function advice(
  { deadlineAt, now, callMs, turnaround }: RouteQuestion,
  route: Route | null,
  reason: AdviceReason,
  sentence: string,
): RouteAdvice {
  const neededMs = route === 'batch' ? turnaround.likelyMs : callMs
  const isInTime = deadlineAt === null ? null : deadlineAt - now >= neededMs
  return { route, reason, sentence, isInTime }
}
