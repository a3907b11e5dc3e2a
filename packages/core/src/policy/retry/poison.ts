import type { SubmissionId } from '../../model/ids.js'
import type { Poison, PoisonIncident } from '../../model/poison.js'
import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS } from '../../model/time.js'

/** Most creates that one incident may cost: one bad request among 100,000 is found with 34 batches and 2 canaries. */
export const MAX_INCIDENT_CREATES = 64

/** How long a lane rests once an incident has cost those, ms. */
export const INCIDENT_REST_MS: number = HOUR_MS

// An incident that brought no refusal for so long is over, and the next refusal begins a new one.
const QUIET_MS = HOUR_MS
// The last creates of an incident are out; with their answers it is known whether it has cost too much.
const ANSWERS_MS = MINUTE_MS
// Longer than a canary takes: whoever sent it is gone.
const CANARY_MS = 3 * MINUTE_MS
// What was learned about sizes is tried anew after a day.
const FORGET_MS = DAY_MS

/** A batch that was refused as such. */
export interface RefusedBatch {
  readonly submissionId: SubmissionId
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
 * Notes a refused batch: begins an incident of its lane, or goes on with the one that stands, and counts its create.
 * Noting one again changes nothing but the time.
 */
export function withRefusedBatch(
  incident: PoisonIncident | null,
  refused: Pick<RefusedBatch, 'lane' | 'submissionId' | 'verdictAt'>,
  now: EpochMs,
): PoisonIncident {
  const { lane, submissionId, verdictAt } = refused
  if (incident !== null && !isOver(incident, now)) {
    // What comes after the last one was under way with it.
    const isSpentAlready = incident.exhaustedAt !== null
    const noted = isSpentAlready ? incident : withCounted(incident, submissionId)
    const refusedAt = Math.max(incident.refusedAt, verdictAt)
    return exhaustedIfSpent({ ...noted, refusedAt }, now)
  }
  return {
    lane,
    since: verdictAt,
    refusedAt: Math.max(verdictAt, now),
    creates: 1,
    counted: [submissionId],
    exhaustedAt: null,
    acceptedAt: null,
    canaryAt: null,
    maxBytes: incident?.maxBytes ?? null,
  }
}

function isOver(incident: PoisonIncident, now: EpochMs): boolean {
  const { exhaustedAt, refusedAt } = incident
  if (exhaustedAt !== null) return now - exhaustedAt >= INCIDENT_REST_MS
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
  const { acceptedAt, canaryAt } = incident
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
  const hold = laneHoldOf(incident, now)
  if (hold !== null) return { type: hold.type === 'rest' ? 'rest' : 'wait', until: hold.until }
  const isAsked = canaryAt !== null && now < canaryAt + CANARY_MS
  return isAsked ? { type: 'wait', until: canaryAt + CANARY_MS } : { type: 'canary' }
}

/**
 * Why nothing of a lane is sent. `rest`: its incident has cost enough. `answers`: it will have, if the batches that are on
 * their way are refused as well.
 */
export interface LaneHold {
  readonly type: 'rest' | 'answers'
  readonly until: EpochMs
}

/** Whether what a lane's incident has cost holds its batches back; null when they may go. */
export function laneHoldOf(incident: PoisonIncident | null, now: EpochMs): LaneHold | null {
  if (incident === null || isOver(incident, now)) return null
  const { exhaustedAt } = incident
  if (exhaustedAt !== null) return { type: 'rest', until: exhaustedAt + INCIDENT_REST_MS }
  return isSpent(incident) ? { type: 'answers', until: now + ANSWERS_MS } : null
}

/**
 * Counts a batch of the lane just before it is sent, if its incident goes on: suspects for good, for they are what it
 * costs, whatever becomes of them; others until it is known that they were not refused. Null when nothing is to count.
 */
export function withBatch(
  incident: PoisonIncident | null,
  batch: { readonly id: SubmissionId; readonly batchLimit: number | null },
  now: EpochMs,
): PoisonIncident | null {
  if (incident === null || isOver(incident, now) || isCounted(incident, batch.id)) return null
  const after = withCounted(incident, batch.id)
  return batch.batchLimit === null ? after : exhaustedIfSpent(after, now)
}

/** Takes back what was counted of a batch that no limit marks as suspect, since it was not refused; null for nothing. */
export function withoutBatch(
  incident: PoisonIncident | null,
  batch: { readonly id: SubmissionId; readonly batchLimit: number | null },
): PoisonIncident | null {
  if (incident === null || batch.batchLimit !== null || !isCounted(incident, batch.id)) return null
  const counted = (incident.counted ?? []).filter((id) => id !== batch.id)
  return { ...incident, counted, creates: incident.creates - 1 }
}

/** Counts a canary, and notes that its answer is awaited. */
export function withCanary(incident: PoisonIncident, now: EpochMs): PoisonIncident {
  return exhaustedIfSpent({ ...incident, creates: incident.creates + 1, canaryAt: now }, now)
}

function isSpent({ creates }: PoisonIncident): boolean {
  return creates >= MAX_INCIDENT_CREATES
}

function exhaustedIfSpent(incident: PoisonIncident, now: EpochMs): PoisonIncident {
  const exhaustedAt = incident.exhaustedAt ?? (isSpent(incident) ? now : null)
  return { ...incident, exhaustedAt }
}

function isCounted(incident: PoisonIncident, id: SubmissionId): boolean {
  return incident.counted?.includes(id) ?? false
}

function withCounted(incident: PoisonIncident, id: SubmissionId): PoisonIncident {
  if (isCounted(incident, id)) return incident
  return { ...incident, creates: incident.creates + 1, counted: [...(incident.counted ?? []), id] }
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
