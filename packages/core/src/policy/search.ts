import type { RemoteId } from '../model/ids.js'
import { totalOf } from '../model/outcome.js'
import type { OnLostAnswer } from '../model/queue-policy.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Candidate, MissingBatch, Search, Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { readingAfter, type Unreadable } from './batch-reading.js'
import type { EngineSettings } from './engine-settings.js'

/** One look through the workspace's list, newest first, down to an instant and to the batches that must be there. */
export interface Survey {
  /** The store's time before its first page was asked. */
  readonly startedAt: EpochMs
  /** Every page down to the floor came. */
  readonly whole: boolean
  readonly workspaceId: string | null
  readonly batches: readonly RemoteBatch[]
}

/** What a scan for one lost answer is judged by. */
export interface ScanFacts {
  readonly submission: Pick<Submission, 'look' | 'requestCount' | 'sendNotAfterAt' | 'search'>
  readonly survey: Survey
  /** Batches of the survey that are neither ours nor another program's, as far as is known after reading lines. */
  readonly unidentified: readonly RemoteBatch[]
  readonly unreadable: readonly Unreadable[]
  /** Candidates that are known by now to be ours or another program's, whether or not the list still shows them. */
  readonly identified: ReadonlySet<RemoteId>
  /** Ids of batches that are ours, with the instant of their creation. */
  readonly ours: readonly { readonly remoteId: RemoteId; readonly createdAt: EpochMs }[]
  /** Missing batches that were asked for by id: false for a 404. One that gave no clear answer is not in it. */
  readonly isThere: ReadonlyMap<RemoteId, boolean>
  readonly onLostAnswer: OnLostAnswer
  /** It was sent before the store was found to be restored: what became of it later may have been forgotten. */
  readonly fromBackup: boolean
  /** Whether the look at start-up is done, so that the store may be trusted to know what it has sent. */
  readonly mayDeclare: boolean
}

/** What a scan leads to. `vanished` names batches that no longer block and could not be read. */
export interface ScanDecision {
  readonly search: Search
  readonly lost: { readonly possiblyPaid: boolean } | null
  readonly vanished: readonly RemoteId[]
  readonly valid: boolean
}

/** The instants between which, on the provider's clock, a batch of this submission must have been made. */
export function creationWindow(
  submission: Pick<Submission, 'look' | 'sendNotAfterAt'>,
  settleMs: number,
  skewMs: number,
): { readonly from: EpochMs; readonly to: EpochMs } {
  const { look, sendNotAfterAt } = submission
  if (look === null || sendNotAfterAt === null) return { from: 0, to: Number.MAX_SAFE_INTEGER }
  return {
    from: look.serverAt - skewMs,
    to: look.serverAt + (sendNotAfterAt - look.storeAt) + settleMs,
  }
}

/** The settle window that a policy asks for. */
export function settleMsOf(onLostAnswer: OnLostAnswer, settings: EngineSettings): number {
  return onLostAnswer === 'wait' ? settings.settleWaitMs : settings.settleMs
}

/**
 * Decides what one scan means for one lost answer: architecture 6, rule 7.
 *
 * Lost only after two valid scans at least `scanGapMs` apart, the later one after the settle window, in which no
 * unidentified batch could be it. Where a person decides (`ask`, and after a restore) it is not declared: the search
 * says since when the person is asked, for as long as that stands.
 */
export function judgeScan(facts: ScanFacts, settings: EngineSettings): ScanDecision {
  const { submission, survey } = facts
  const settleMs = settleMsOf(facts.onLostAnswer, settings)
  const window = creationWindow(submission, settleMs, settings.skewMs)
  const missing = missingAfter(facts, window.from, window.to)
  const blockingMissing = missing.filter((batch) => !isGone(batch, survey.startedAt, settings))
  const sameWorkspace = survey.workspaceId === (submission.look?.workspaceId ?? null)
  const valid = survey.whole && sameWorkspace && blockingMissing.length === 0
  const candidates = valid ? candidatesAfter(facts, window, settings) : submission.search.candidates
  const blocking = candidates.filter((candidate) => !candidate.vanished)
  const clearSince = clearSinceAfter(
    submission.search,
    survey.startedAt,
    valid,
    blocking.length > 0,
  )
  const settledAt = (submission.sendNotAfterAt ?? 0) + settleMs
  const isClear =
    valid &&
    blocking.length === 0 &&
    survey.startedAt >= settledAt &&
    clearSince !== null &&
    survey.startedAt - clearSince >= settings.scanGapMs
  const known = new Set(
    submission.search.candidates.filter((c) => c.vanished).map((c) => c.remoteId),
  )
  const vanished = candidates
    .filter((c) => c.vanished && !known.has(c.remoteId))
    .map((c) => c.remoteId)
  const asks = facts.onLostAnswer === 'ask' || facts.fromBackup
  const askingSince = askingAfter(facts, { asks, valid, isClear })
  return {
    search: {
      clearSince,
      scans: submission.search.scans + 1,
      candidates,
      missing,
      ...(askingSince === undefined ? {} : { askingSince }),
    },
    lost:
      isClear && !asks && facts.mayDeclare
        ? { possiblyPaid: candidates.some((candidate) => candidate.vanished) }
        : null,
    vanished,
    valid,
  }
}

// A scan that was cut short says nothing; a valid one that shows a batch which could be it takes the question back.
function askingAfter(
  { submission, survey }: ScanFacts,
  scan: { readonly asks: boolean; readonly valid: boolean; readonly isClear: boolean },
): EpochMs | undefined {
  const before = submission.search.askingSince
  if (!scan.asks) return undefined
  if (!scan.valid) return before
  return scan.isClear ? (before ?? survey.startedAt) : undefined
}

function clearSinceAfter(
  search: Search,
  startedAt: EpochMs,
  valid: boolean,
  blocked: boolean,
): EpochMs | null {
  if (!valid) return search.clearSince
  if (blocked) return null
  return search.clearSince ?? startedAt
}

function isGone(batch: MissingBatch, now: EpochMs, settings: EngineSettings): boolean {
  return batch.tries >= settings.goneTries && now - batch.firstMissingAt >= settings.goneAfterMs
}

// What must be there: the newest batch of the look, and every batch of ours in the window. A list that lacks one of
// them lags, and then it may lack the one that is looked for too.
function missingAfter(facts: ScanFacts, from: EpochMs, to: EpochMs): readonly MissingBatch[] {
  if (!facts.survey.whole) return facts.submission.search.missing
  const shown = new Set(facts.survey.batches.map((batch) => batch.id))
  const expected = new Set<RemoteId>(
    facts.ours
      .filter((batch) => batch.createdAt >= from && batch.createdAt <= to)
      .map((batch) => batch.remoteId),
  )
  const newest = facts.submission.look?.newestId
  if (newest != null) expected.add(newest)
  // A candidate that was seen once must be seen again, so that a stale page can't pass for a deleted batch.
  for (const { remoteId, vanished } of facts.submission.search.candidates) {
    if (!vanished && !facts.identified.has(remoteId)) expected.add(remoteId)
  }
  const before = new Map(facts.submission.search.missing.map((batch) => [batch.remoteId, batch]))
  return [...expected]
    .filter((remoteId) => !shown.has(remoteId))
    .map((remoteId) => missedAgain(facts, remoteId, before.get(remoteId)))
}

// A list that stands still lacks a batch for hours too. Only one that is not found by its id either was deleted.
function missedAgain(
  facts: ScanFacts,
  remoteId: RemoteId,
  old: MissingBatch | undefined,
): MissingBatch {
  const isThere = facts.isThere.get(remoteId)
  if (old === undefined || isThere === true) {
    return { remoteId, firstMissingAt: facts.survey.startedAt, tries: 1 }
  }
  return isThere === false ? { ...old, tries: old.tries + 1 } : old
}

function candidatesAfter(
  facts: ScanFacts,
  window: { readonly from: EpochMs; readonly to: EpochMs },
  settings: EngineSettings,
): readonly Candidate[] {
  const before = new Map(facts.submission.search.candidates.map((c) => [c.remoteId, c]))
  const unreadable = new Map(facts.unreadable.map((batch) => [batch.remoteId, batch]))
  const now = facts.survey.startedAt
  const seen = facts.unidentified
    .filter(
      (batch) =>
        totalOf(batch.counts) === facts.submission.requestCount &&
        batch.createdAt >= window.from &&
        batch.createdAt <= window.to,
    )
    .map((batch) =>
      candidateAfter(batch, before.get(batch.id), unreadable.get(batch.id), now, settings),
    )
  const shown = new Set(facts.survey.batches.map((batch) => batch.id))
  // One that is still listed and no longer unidentified was identified as not ours, and so were those that are known by
  // now: also of one that had vanished, since evidence wins over every verdict. Any other that is gone was deleted.
  const left = facts.submission.search.candidates
    .filter(({ remoteId }) => !shown.has(remoteId) && !facts.identified.has(remoteId))
    .map((candidate) => ({ ...candidate, vanished: true }))
  return [...seen, ...left]
}

function candidateAfter(
  batch: RemoteBatch,
  old: Candidate | undefined,
  unreadable: Unreadable | undefined,
  now: EpochMs,
  settings: EngineSettings,
): Candidate {
  const reading = readingAfter(old, unreadable, now, settings)
  const vanished = reading.vanished || batch.archivedAt !== null
  return { remoteId: batch.id, createdAt: batch.createdAt, ...reading, vanished }
}
