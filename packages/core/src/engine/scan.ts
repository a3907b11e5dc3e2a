import type { AccountId, RemoteId } from '../model/ids.js'
import type { Submission } from '../model/submission.js'
import { HOUR_MS } from '../model/time.js'
import { nextScanAt } from '../policy/next-scan.js'
import { routeOf } from '../policy/routing/route-of.js'
import {
  creationWindow,
  judgeScan,
  type ScanFacts,
  type Survey,
  settleMsOf,
} from '../policy/search.js'
import { alarm, type EngineContext, tellSubmission, unlessLeaseLost } from './context.js'
import type { HeldLease } from './held-lease.js'
import { identify } from './identify.js'
import { readPolicy } from './policies.js'
import { loadRecovery } from './recovery.js'
import { everySubmission } from './submissions.js'
import { surveyList } from './survey.js'

/** A submission whose answer was lost, and the right to decide about it. */
export interface SearchedSubmission {
  readonly submission: Submission
  readonly lease: HeldLease
}

/**
 * Looks for lost answers of one account, all of them in one walk through the list. Architecture 6, steps 6 and 7.
 */
export async function scanForLost(
  context: EngineContext,
  account: AccountId,
  searched: readonly SearchedSubmission[],
): Promise<void> {
  const { settings } = context
  const floors = searched.map(
    ({ submission }) => creationWindow(submission, 0, settings.skewMs).from,
  )
  const wanted = new Set(
    searched.flatMap(({ submission }) => [
      ...(submission.look?.newestId != null ? [submission.look.newestId] : []),
      ...submission.search.candidates.map((candidate) => candidate.remoteId),
    ]),
  )
  const survey = await surveyList(context, { account, floorAt: Math.min(...floors), wanted })
  const counts = new Set(searched.map(({ submission }) => submission.requestCount))
  const identified = await identify(context, { account, survey, counts })
  const ours = await everySubmission(context, {
    account,
    states: null,
    sentSince: Math.min(...floors) - HOUR_MS,
  })
  // No list shows a call that was answered in real time.
  const batches = ours.filter((each) => routeOf(each).route === 'batch')
  const known = batches.flatMap(({ remoteId, remoteCreatedAt: createdAt }) =>
    remoteId === null || createdAt === null ? [] : [{ remoteId, createdAt }],
  )
  const isThere = await askForMissing(context, account, searched, survey)
  const aside = await identifiedAside(context, account, searched, survey)
  const seen = { survey, ours: known, isThere, identified: aside, ...identified }
  for (const { submission, lease } of searched) {
    await unlessLeaseLost(() => judge(context, { submission, lease }, seen))
  }
}

// Candidates that this list lacks, and of which another look has shown whose they are.
async function identifiedAside(
  context: EngineContext,
  account: AccountId,
  searched: readonly SearchedSubmission[],
  survey: Survey,
): Promise<ReadonlySet<RemoteId>> {
  const shown = new Set(survey.batches.map((batch) => batch.id))
  const candidates = searched
    .flatMap(({ submission }) => submission.search.candidates.map(({ remoteId }) => remoteId))
    .filter((remoteId) => !shown.has(remoteId))
  const identified = new Set<RemoteId>()
  const remoteIds = [...new Set(candidates)]
  const { pageLimit } = context.store.traits
  for (let from = 0; from < remoteIds.length; from += pageLimit) {
    const page = remoteIds.slice(from, from + pageLimit)
    const known = await context.store.knownBatches({ account, remoteIds: page })
    for (const remoteId of page) {
      if (known.ours.has(remoteId) || known.foreign.has(remoteId)) identified.add(remoteId)
    }
  }
  return identified
}

// Batches that the last scan missed and this list lacks too.
async function askForMissing(
  context: EngineContext,
  account: AccountId,
  searched: readonly SearchedSubmission[],
  survey: Survey,
): Promise<ReadonlyMap<RemoteId, boolean>> {
  const shown = new Set(survey.batches.map((batch) => batch.id))
  const missing = searched
    .flatMap(({ submission }) => submission.search.missing.map(({ remoteId }) => remoteId))
    .filter((remoteId) => !shown.has(remoteId))
  const isThere = new Map<RemoteId, boolean>()
  if (!survey.whole) return isThere
  for (const remoteId of new Set(missing)) {
    const answer = await context.transport.retrieve({ account, remoteId, signal: context.signal })
    if (answer.type !== 'failed') isThere.set(remoteId, answer.type === 'batch')
  }
  return isThere
}

async function judge(
  context: EngineContext,
  { submission, lease }: SearchedSubmission,
  seen: Omit<ScanFacts, 'submission' | 'onLostAnswer' | 'fromBackup' | 'mayDeclare'>,
): Promise<void> {
  const { settings, store } = context
  await lease.keep()
  const policy = await readPolicy(context, submission.project, submission.queue)
  const { recovery } = await loadRecovery(context)
  const fromBackup = recovery !== null && (submission.sendStartedAt ?? 0) < recovery.since
  const { onLostAnswer } = policy
  const { maySend: mayDeclare } = context.memory
  const facts = { submission, onLostAnswer, fromBackup, mayDeclare, ...seen }
  const decision = judgeScan(facts, settings)
  const settledAt = (submission.sendNotAfterAt ?? 0) + settleMsOf(onLostAnswer, settings)
  const next = {
    settledAt,
    isClear: decision.valid && decision.search.clearSince !== null,
    asks: decision.search.askingSince !== undefined,
    mayDeclare,
    scans: decision.search.scans,
  }
  const nextStepAt = nextScanAt(next, settings, await store.now())
  const after = await store.recordScan({
    fence: lease.fence,
    submissionId: submission.id,
    basedOnScans: submission.search.scans,
    search: decision.search,
    nextStepAt,
    lost: decision.lost,
  })
  if (decision.lost !== null && after.state === 'lost') tellSubmission(context, after)
  const isNewQuestion = submission.search.askingSince === undefined
  if (isNewQuestion && after.search.askingSince !== undefined) askForDecision(context, after)
  for (const remoteId of decision.vanished) {
    alarm(context, {
      code: 'vanished_batch',
      message: `Batch ${remoteId} could have held the requests whose answer was lost, and it vanished before it could be read. Its requests are booked as possibly paid.`,
      submissionId: submission.id,
      remoteId,
    })
  }
}

function askForDecision(context: EngineContext, { id, requestCount }: Submission): void {
  alarm(context, {
    code: 'decision_needed',
    message: `The answer to a send of ${requestCount} requests was lost, and the provider's list shows no batch of it. Decide: halfrate decide ${id} resend sends them again, halfrate decide ${id} fail gives them up.`,
    submissionId: id,
  })
}
