import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { type EnvelopeFault, envelopeFaultOf } from '../policy/retry/envelope.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'
import { type DecideMember, releaseAll } from './release.js'

const PAGE_MEMBERS = 100
// With more of them than this, halving finds the culprit with fewer batches.
const MOST_ALONE = 8

/**
 * Looks at every item of a refused batch before anybody else is asked. If some are broken, or look as if they were, its
 * members are released: broken ones fail, suspicious ones travel alone, the others travel on. Answers whether it was so.
 */
export async function releaseCulprits(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  now: EpochMs,
): Promise<boolean> {
  const faults = await faultsOf(context, lease, submission)
  const broken = [...faults].filter(([, fault]) => fault !== 'lone_surrogate')
  const isWorthIt = submission.requestCount > 1 && faults.size - broken.length <= MOST_ALONE
  if (broken.length === 0 && (faults.size === 0 || !isWorthIt)) return false
  await releaseAll(context, lease, submission, ({ ordinal }) =>
    fateOf(faults.get(ordinal) ?? null, isWorthIt, now),
  )
  return true
}

async function faultsOf(
  { store }: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<ReadonlyMap<number, EnvelopeFault>> {
  const faults = new Map<number, EnvelopeFault>()
  const limit = Math.min(PAGE_MEMBERS, store.traits.pageLimit)
  for (let after = -1; ; ) {
    await lease.keep()
    const page = await store.readMembers({ submissionId: submission.id, after, limit })
    for (const member of page) {
      const fault = envelopeFaultOf(member)
      if (fault !== null) faults.set(member.ordinal, fault)
    }
    const last = page.at(-1)
    if (last === undefined) return faults
    after = last.ordinal
  }
}

function fateOf(
  fault: EnvelopeFault | null,
  isAlone: boolean,
  now: EpochMs,
): ReturnType<DecideMember> {
  if (fault === null || fault === 'lone_surrogate') {
    const batchLimit = fault !== null && isAlone ? 1 : null
    const to = { type: 'waiting', notBefore: now, countAs: 'nothing', batchLimit } as const
    return { to, possiblyPaid: false }
  }
  const verdict = { status: 'failed', reason: 'rejected', detail: fault } as const
  return { to: { type: 'done', verdict }, possiblyPaid: false }
}
