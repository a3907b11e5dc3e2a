import { type EpochMs, MINUTE_MS } from '../../model/time.js'
import { callMsOf, LONGEST_CALL_MS } from '../routing/call-time.js'
import { TURNAROUND_SLACK_MS } from './ready-outlook.js'

/** What is known of waiting requests that are wanted by the same instant. */
export interface RescueFacts {
  readonly deadlineAt: EpochMs
  /** When a batch of them must be sent at the latest. */
  readonly sendBy: EpochMs
}

/**
 * Whether a batch that is sent now would likely bring answers too late. What is sent a little after it should have been, since nobody looked
 * before, still has the minutes that are kept for sending and fetching.
 */
export function isLikelyLate({ sendBy }: RescueFacts, now: EpochMs): boolean {
  return now > sendBy + TURNAROUND_SLACK_MS
}

/** How calls are made. */
export interface CallFacts {
  readonly deadlineAt: EpochMs
  readonly callsAtOnce: number
  /** Calls that go before. */
  readonly before: number
}

/** The requests, in their order, whose calls are surely over by their instant: so many at a time, each as long as it may take. */
export function rescuable<Request extends { readonly maxTokens: number }>(
  requests: readonly Request[],
  { deadlineAt, callsAtOnce, before }: CallFacts,
  now: EpochMs,
): readonly Request[] {
  const chosen: Request[] = []
  let longestMs = 0
  for (const request of requests) {
    const callMs = Math.max(longestMs, callMsOf(request.maxTokens))
    const rounds = Math.ceil((before + chosen.length + 1) / callsAtOnce)
    if (now + rounds * callMs > deadlineAt) continue
    longestMs = callMs
    chosen.push(request)
  }
  return chosen
}

// Until a canceled batch has ended, and is fetched. The provider names no time for that.
const CANCEL_MS = 10 * MINUTE_MS

/** What is known of a batch that was sent, and wanted by an instant. */
export interface SentFacts {
  readonly deadlineAt: EpochMs
  readonly callsAtOnce: number
  /** Whether it is canceled before anything is called. */
  readonly cancels: boolean
}

/**
 * When what is open of a batch must be called at the latest, so that its calls are surely over by the instant that it is wanted by.
 */
export function rescueAt(
  members: readonly { readonly maxTokens: number }[],
  of: SentFacts,
): EpochMs {
  const longestMs = members.reduce((ms, { maxTokens }) => Math.max(ms, callMsOf(maxTokens)), 0)
  return latestStart(Math.ceil(members.length / of.callsAtOnce) * longestMs, of)
}

/** The earliest that {@link rescueAt} can be for so many members, however long their answers may become. */
export function rescueNotBefore(members: number, of: SentFacts): EpochMs {
  return latestStart(Math.ceil(members / of.callsAtOnce) * LONGEST_CALL_MS, of)
}

function latestStart(callsMs: number, { deadlineAt, cancels }: SentFacts): EpochMs {
  return deadlineAt - callsMs - TURNAROUND_SLACK_MS - (cancels ? CANCEL_MS : 0)
}
