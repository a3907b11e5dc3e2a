import { InvariantError } from '../errors.js'
import { bytesFromHex, hexOf } from '../model/hex.js'
import type { AccountId } from '../model/ids.js'
import {
  type Heartbeat,
  heartbeatSetting,
  IDENTITY_SETTING,
  type StoreIdentity,
} from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'
import type { EngineContext } from './context.js'
import { identify } from './identify.js'
import { type IdentifiedSurvey, surveyList } from './survey.js'

const KEY_BYTES = 32

/** The store's own keys, made at its first start. Two workers that start together agree by compare-and-set. */
export async function loadIdentity(context: EngineContext): Promise<StoreIdentity> {
  const { store } = context
  const found = await store.getSetting(IDENTITY_SETTING)
  if (found !== null) return use(context, found.value as StoreIdentity)
  const key = hexOf(context.random.bytes(KEY_BYTES))
  const value: StoreIdentity = { hmacKeys: [key], createdAt: await store.now() }
  await store.putSetting({ ...IDENTITY_SETTING, value, ifVersion: null })
  const stored = await store.getSetting(IDENTITY_SETTING)
  if (stored === null)
    throw new InvariantError('The identity of the store was written and is not there.')
  return use(context, stored.value as StoreIdentity)
}

function use(context: EngineContext, identity: StoreIdentity): StoreIdentity {
  context.memory.sealingKeys = identity.hmacKeys.map(bytesFromHex)
  return identity
}

/**
 * Looks through all that was made at the provider since a worker last lived, before anything is sent: a batch that
 * the store does not know shows that it was restored. Only a whole survey lets sending begin.
 */
export async function identifySince(
  context: EngineContext,
  account: AccountId,
  since: EpochMs,
): Promise<IdentifiedSurvey> {
  const floorAt = since - context.settings.skewMs
  const survey = await surveyList(context, { account, floorAt })
  if (!survey.whole) return { survey, unidentified: [], unreadable: [] }
  const recent = {
    ...survey,
    batches: survey.batches.filter((batch) => batch.createdAt >= floorAt),
  }
  return { survey, ...(await identify(context, { account, survey: recent, counts: null })) }
}

/** When a worker last worked for an account; the store's birth before the first. */
export async function lastHeartbeat(
  context: EngineContext,
  account: AccountId,
  identity: StoreIdentity,
): Promise<Heartbeat> {
  const setting = await context.store.getSetting(heartbeatSetting(account))
  return (setting?.value as Heartbeat | undefined) ?? { at: identity.createdAt, identifiedAt: null }
}

/** Says that a worker lives. A lost race is no loss: the other's is as new. */
export async function beat(
  context: EngineContext,
  account: AccountId,
  change: Partial<Heartbeat>,
): Promise<void> {
  const { store } = context
  const name = heartbeatSetting(account)
  const current = await store.getSetting(name)
  const old = (current?.value as Heartbeat | undefined) ?? { identifiedAt: null }
  const value: Heartbeat = { ...old, at: await store.now(), ...change }
  await store.putSetting({ ...name, value, ifVersion: current?.version ?? null })
}
