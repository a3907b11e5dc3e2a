import type { AccountId } from '../model/ids.js'
import type { PoisonIncident } from '../model/poison.js'
import { poisonSetting } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import {
  incidentOf,
  isSuspect,
  suspectsHeldUntil,
  withCreate,
  withIncident,
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
 * Counts a create of suspects before it is made, and says how long it must wait if its incident has cost enough; null
 * when it may go.
 */
export async function countSuspectCreate(
  context: EngineContext,
  submission: Submission,
): Promise<EpochMs | null> {
  let heldUntil: EpochMs | null = null
  const counted = await changeIncident(context, submission, (incident, now) => {
    heldUntil = null
    if (incident === null || !isSuspect(incident, submission.batchLimit, now)) return null
    heldUntil = suspectsHeldUntil(incident, now)
    return heldUntil === null ? withCreate(incident, now) : null
  })
  if (counted !== null) alarmIfExhausted(context, counted)
  return heldUntil
}

/** Tells people that an incident has cost all the creates that it may. */
export function alarmIfExhausted(context: EngineContext, incident: PoisonIncident): void {
  if (incident.exhaustedAt === null) return
  alarm(context, {
    code: 'batches_refused',
    message: `${incident.creates} creates did not find all requests that make batches be refused; their batches rest for an hour.`,
  })
}

/** Notes that a create of a lane was taken, which proves that the lane is not refused as such. */
export async function noteTaken(
  context: EngineContext,
  of: { readonly account: AccountId; readonly lane: string },
  begunAt: EpochMs,
): Promise<void> {
  await changeIncident(context, of, (incident) => {
    if (incident === null || begunAt < incident.since) return null
    if (incident.acceptedAt !== null && incident.acceptedAt >= begunAt) return null
    return { ...incident, acceptedAt: begunAt }
  })
}
