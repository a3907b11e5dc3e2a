import type { Poison, PoisonIncident } from '../../model/poison.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../model/time.js'

/** Most creates that one incident may cost: one bad request among 100,000 is found with 34 batches and 2 canaries. */
export const MAX_INCIDENT_CREATES = 64

// An incident that brought no refusal for so long is over, and the next refusal begins a new one.
const QUIET_MS = HOUR_MS
// Longer than a canary takes: whoever sent it is gone.
const CANARY_MS = 3 * MINUTE_MS
// What was learned about sizes is tried anew after a day.
const FORGET_MS = DAY_MS

/** A batch that was refused as such. */
export interface RefusedBatch {
  readonly lane: string
  /** 413 is about bytes; any other status about something that stands in the batch. */
  readonly status: number
  readonly requestCount: number
  /** Size of its body. */
  readonly bytes: number
  readonly verdictAt: EpochMs
}

/**
 * What to do about a refused batch.
 *
 * `canary`: ask first whether the provider takes any batch of the lane. `wait`: somebody asks just now. `split`: it
 * does, so what was refused stands in here; halves are sent. `fail`: it stands alone, so it is the culprit. `rest`: the
 * incident has cost enough; suspects stay back until `until`.
 */
export type PoisonStep =
  | { readonly type: 'canary' }
  | { readonly type: 'wait'; readonly until: EpochMs }
  | { readonly type: 'split'; readonly batchLimit: number; readonly maxBytes: number | null }
  | { readonly type: 'fail' }
  | { readonly type: 'rest'; readonly until: EpochMs }

/** The incident of a lane; null when there is none, or it is over. */
export function incidentOf(value: unknown, lane: string, now: EpochMs): PoisonIncident | null {
  const found = poisonOf(value).incidents.find((incident) => incident.lane === lane) ?? null
  return found === null || now - found.refusedAt > FORGET_MS ? null : found
}

/**
 * Notes a refused batch: begins an incident of its lane, or goes on with the one that stands. Noting one again changes
 * nothing but the time.
 */
export function withRefusedBatch(
  incident: PoisonIncident | null,
  refused: Pick<RefusedBatch, 'lane' | 'verdictAt'>,
  now: EpochMs,
): PoisonIncident {
  const { lane, verdictAt } = refused
  if (incident !== null && !isOver(incident, now)) {
    return { ...incident, refusedAt: Math.max(incident.refusedAt, verdictAt) }
  }
  return {
    lane,
    since: verdictAt,
    refusedAt: Math.max(verdictAt, now),
    creates: 1,
    exhaustedAt: null,
    acceptedAt: null,
    canaryAt: null,
    maxBytes: incident?.maxBytes ?? null,
  }
}

function isOver(incident: PoisonIncident, now: EpochMs): boolean {
  const { exhaustedAt, refusedAt } = incident
  if (exhaustedAt !== null) return now - exhaustedAt >= QUIET_MS
  return now - refusedAt > QUIET_MS
}

/**
 * Decides about a refused batch by the incident of its lane, in which it was noted.
 *
 * Batches are halved only after something of the lane was taken since the incident began, and a request that stands
 * alone fails only after something was taken since it was refused: until then the account could be the reason.
 */
export function decidePoison(
  incident: PoisonIncident,
  refused: RefusedBatch,
  now: EpochMs,
): PoisonStep {
  const { acceptedAt, canaryAt, exhaustedAt } = incident
  const { requestCount, bytes, status, verdictAt } = refused
  const isAlone = requestCount <= 1
  const provenSince = isAlone ? verdictAt : incident.since
  if (acceptedAt !== null && acceptedAt >= provenSince) {
    if (isAlone) return { type: 'fail' }
    if (status !== 413) {
      return { type: 'split', batchLimit: Math.ceil(requestCount / 2), maxBytes: null }
    }
    // Its limit marks the members as suspects; what splits them is their size.
    return { type: 'split', batchLimit: requestCount, maxBytes: Math.floor(bytes / 2) }
  }
  if (exhaustedAt !== null) return { type: 'rest', until: exhaustedAt + QUIET_MS }
  const isAsked = canaryAt !== null && now < canaryAt + CANARY_MS
  return isAsked ? { type: 'wait', until: canaryAt + CANARY_MS } : { type: 'canary' }
}

/** Until when suspects of a lane stay back, since their incident has cost enough; null when they may go. */
export function suspectsHeldUntil(incident: PoisonIncident | null, now: EpochMs): EpochMs | null {
  if (incident === null || incident.exhaustedAt === null) return null
  const until = incident.exhaustedAt + QUIET_MS
  return until > now ? until : null
}

/** Whether a create counts for the incident: suspects travel with a limit of their own, while it goes on. */
export function isSuspect(
  incident: PoisonIncident | null,
  batchLimit: number | null,
  now: EpochMs,
): boolean {
  return incident !== null && batchLimit !== null && !isOver(incident, now)
}

/** Counts a create; with the last one that the incident may cost, it is exhausted. */
export function withCreate(incident: PoisonIncident, now: EpochMs): PoisonIncident {
  const creates = incident.creates + 1
  const isLast = creates >= MAX_INCIDENT_CREATES
  return { ...incident, creates, exhaustedAt: incident.exhaustedAt ?? (isLast ? now : null) }
}

/** Puts an incident in the place of the one of its lane, and forgets those that are long over. */
export function withIncident(value: unknown, incident: PoisonIncident, now: EpochMs): Poison {
  const others = poisonOf(value).incidents.filter(
    (other) => other.lane !== incident.lane && now - other.refusedAt <= FORGET_MS,
  )
  return { incidents: [...others, incident] }
}

function poisonOf(value: unknown): Poison {
  return (value as Poison | null | undefined) ?? { incidents: [] }
}
