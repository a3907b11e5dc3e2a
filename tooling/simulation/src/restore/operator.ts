import { RECOVERY_SETTING, type Recovery, type Store, type Submission } from '@halfrate/core'

/**
 * What an operator does about a restored store when asked: begins the recovery, and has lost answers sent again unless
 * somebody else decides about them.
 */
export async function operate(
  store: Store,
  { decides }: { readonly decides: boolean },
): Promise<void> {
  await beginRecovery(store)
  if (!decides) return
  for (const submission of await asked(store)) {
    const { account, nonce } = submission
    const evidence = { type: 'decided', decision: 'resend' } as const
    await store.recordEvidence({ account, nonce, evidence })
  }
}

async function beginRecovery(store: Store): Promise<void> {
  const setting = await store.getSetting(RECOVERY_SETTING)
  const recovery = (setting?.value ?? null) as Recovery | null
  const isAsked = recovery !== null && recovery.begunAt === undefined
  if (setting === null || !isAsked) return
  const value = { ...recovery, begunAt: await store.now() }
  await store.putSetting({ ...RECOVERY_SETTING, value, ifVersion: setting.version })
}

async function asked(store: Store): Promise<readonly Submission[]> {
  const states = ['ambiguous'] as const
  const limit = store.traits.pageLimit
  const found = await store.listSubmissions({ account: null, states, afterId: 0, limit })
  return found.filter(({ search }) => search.askingSince !== undefined)
}
