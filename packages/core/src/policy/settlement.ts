import type { NanoUsd } from '../model/money.js'
import type { OutcomeType } from '../model/outcome.js'
import type { AttemptRef, Verdict } from '../model/request.js'
import type { RequestEffect, SettleEffect, SettleFacts } from '../model/settlement.js'

/** The part of a result line that decides. */
export interface SettleLine {
  readonly outcome: OutcomeType
  /** For a success how its request ends; null when it only takes effect at close. */
  readonly verdict: Verdict | null
  /** How it ends by a success without a verdict whose attempt was let go before it came. */
  readonly lateVerdict?: Verdict | undefined
  /** What it cost; null for an unknown price. */
  readonly costNano: NanoUsd | null
}

/**
 * Decides what a result line does to its attempt and its request.
 *
 * A success with a verdict takes effect at once, from waiting or assigned; every other outcome is only noted and
 * takes effect at close, so that a retry can't overtake a success that stands later in the file. Until then a
 * success replaces another noted outcome. For an attempt that was let go before its success came there is no close; what the
 * success comes to then takes effect at once too.
 *
 * The same line again changes nothing, but that it brings the cost of a success that has none. A cost that is known stays.
 */
export function settleLine(facts: SettleFacts, line: SettleLine): SettleEffect {
  const { outcome, released, sameBytes } = facts.attempt
  if (outcome !== null) {
    if (sameBytes === true) return { type: bringsCost(facts, line) ? 'priced' : 'duplicate' }
    const replaces = !released && outcome !== 'succeeded' && line.outcome === 'succeeded'
    if (!replaces) return { type: 'conflict' }
  }
  if (line.outcome !== 'succeeded') {
    return {
      type: 'fresh',
      releases: false,
      waste: false,
      turnsToWaste: [],
      request: { type: 'none' },
    }
  }
  const { verdict, lateVerdict = null } = line
  return settleSuccess(facts, released ? (verdict ?? lateVerdict) : verdict)
}

function bringsCost({ attempt }: SettleFacts, line: SettleLine): boolean {
  return attempt.outcome === 'succeeded' && !attempt.hasCost && line.costNano !== null
}

function settleSuccess(facts: SettleFacts, verdict: Verdict | null): SettleEffect {
  const request = requestEffect(facts, verdict)
  const sameBody = facts.successes.filter((success) => success.bodyId === facts.attempt.bodyId)
  const endsHere = request.type === 'done'
  const turnsToWaste = endsHere
    ? sameBody.filter((success) => !success.waste).map((success) => success.ref)
    : []
  return {
    type: 'fresh',
    releases: verdict !== null || facts.request.state === 'done',
    // Of one body one success is worth its money: the one that the request ended with, else the first.
    waste: !endsHere && sameBody.length > 0,
    turnsToWaste,
    request,
  }
}

function requestEffect(facts: SettleFacts, verdict: Verdict | null): RequestEffect {
  if (facts.request.state === 'done' || verdict === null) return { type: 'none' }
  if (verdict.status === 'succeeded' || facts.otherLive === 0) return { type: 'done', verdict }
  return { type: 'keep_verdict', verdict }
}

/** Whether two references name the same attempt. */
export function isSameAttempt(a: AttemptRef | null, b: AttemptRef): boolean {
  return a !== null && a.submissionId === b.submissionId && a.ordinal === b.ordinal
}
