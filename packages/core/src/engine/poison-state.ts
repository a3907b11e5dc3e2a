import type { AccountId } from '../model/ids.js'
import type { PoisonIncident } from '../model/poison.js'
import { poisonSetting } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import {
  incidentOf,
  type LaneHold,
  laneHoldOf,
  type RefusedBatch,
  withBatch,
  withIncident,
  withoutBatch,
  withRefusedBatch,
} from '../policy/retry/poison.js'
import { alarm, type EngineContext } from './context.js'

// Whoever loses so often against others is better off asking again in the next round.
const MOST_TRIES = 8

/** Reads the incident of a lane; null when there is none. */
export async function readIncident(
  { store }: EngineContext,
  of: { readonly account: AccountId; readonly lane: string },
): Promise<PoisonIncident | null> {
  const stored = await store.getSetting(poisonSetting(of.account))
  return stored === null ? null : incidentOf(stored.value, of.lane, await store.now())
}

/**
 * Changes the incident of a lane by compare-and-set. `change` may be asked again with a newer one; its null changes
 * nothing. Answers the incident that was written; null when none was.
 */
export async function changeIncident(
  { store }: EngineContext,
  of: { readonly account: AccountId; readonly lane: string },
  change: (incident: PoisonIncident | null, now: EpochMs) => PoisonIncident | null,
): Promise<PoisonIncident | null> {
  const name = poisonSetting(of.account)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const stored = await store.getSetting(name)
    const now = await store.now()
    const after = change(incidentOf(stored?.value, of.lane, now), now)
    if (after === null) return null
    const value = withIncident(stored?.value, after, now)
    const ifVersion = stored?.version ?? null
    if ((await store.putSetting({ ...name, value, ifVersion })) !== null) return after
  }
  return null
}

/**
 * Counts a batch before it is sent, if an incident of its lane goes on, and says how long it must wait if that has cost
 * enough; null when it may go.
 */
export async function countBatch(
  context: EngineContext,
  submission: Submission,
): Promise<LaneHold | null> {
  let hold: LaneHold | null = null
  const counted = await changeIncident(context, submission, (incident, now) => {
    hold = laneHoldOf(incident, now)
    return hold === null ? withBatch(incident, submission, now) : null
  })
  if (counted !== null) alarmIfExhausted(context, counted)
  return hold
}

/** Takes back what was counted of a batch for the case that it is refused: it was not. */
export async function uncountBatch(context: EngineContext, submission: Submission): Promise<void> {
  await changeIncident(context, submission, (incident) => withoutBatch(incident, submission))
}

/**
 * Notes a refused batch, so that its lane is held back as soon as the incident has cost enough. Answers the incident;
 * null when others changed it too often.
 */
export async function noteRefusedBatch(
  context: EngineContext,
  refused: RefusedBatch & Pick<Submission, 'account'>,
): Promise<PoisonIncident | null> {
  let isLast = false
  const incident = await changeIncident(context, refused, (standing, now) => {
    const after = withRefusedBatch(standing, refused, now)
    isLast = after.exhaustedAt !== null && standing?.exhaustedAt === null
    return after
  })
  if (incident !== null && isLast) alarmIfExhausted(context, incident)
  return incident
}

/** Tells people that an incident has cost all the creates that it may. */
export function alarmIfExhausted(context: EngineContext, incident: PoisonIncident): void {
  if (incident.exhaustedAt === null) return
  alarm(context, {
    code: 'batches_refused',
    message: `${incident.creates} creates did not find all requests that make batches be refused; nothing like them is sent for an hour.`,
  })
}

/**
 * Notes that a create of a lane was taken, which proves that the lane is not refused as such, and that it was none that
 * the lane's incident cost.
 */
export async function noteTaken(
  context: EngineContext,
  submission: Submission,
  begunAt: EpochMs,
): Promise<void> {
  await changeIncident(context, submission, (incident) => {
    if (incident === null) return null
    const uncounted = withoutBatch(incident, submission)
    const isNews = begunAt >= incident.since && begunAt > (incident.acceptedAt ?? -1)
    return isNews ? { ...(uncounted ?? incident), acceptedAt: begunAt } : uncounted
  })
}
