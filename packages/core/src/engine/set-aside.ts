import type { AccountId } from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import { RECOVERY_SETTING } from '../model/setting-documents.js'
import { awaitedAfter } from '../policy/awaited-batches.js'
import type { EngineContext } from './context.js'
import { identify } from './identify.js'
import { loadRecovery } from './recovery.js'
import type { SurveyResult } from './survey.js'

/**
 * Tries once more to read the batches that a recovery set aside. Called once a day; one that turns out to be ours is
 * taken in, and those that still can't be read stay on the list for good.
 */
export async function retryAside(
  context: EngineContext,
  account: AccountId,
  survey: SurveyResult,
): Promise<void> {
  const { recovery } = await loadRecovery(context)
  if (recovery?.endedAt === undefined) return
  const aside = recovery.batches ?? []
  const found: RemoteBatch[] = []
  for (const { remoteId } of aside) {
    const answer = await context.transport.retrieve({ account, remoteId, signal: context.signal })
    if (answer.type === 'batch') found.push(answer.batch)
  }
  if (found.length === 0) return
  const again = { ...survey, batches: found }
  const { unidentified, unreadable } = await identify(context, {
    account,
    survey: again,
    counts: null,
  })
  const facts = { before: aside, survey: again, unidentified, unreadable, upTo: recovery.upTo ?? 0 }
  const batches = awaitedAfter(facts, context.settings)
  const { recovery: now, version } = await loadRecovery(context)
  if (now?.endedAt === undefined) return
  const value = { ...now, batches }
  await context.store.putSetting({ ...RECOVERY_SETTING, value, ifVersion: version })
}
