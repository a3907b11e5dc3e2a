import {
  type AlarmCode,
  type EngineEvent,
  type EvidenceResult,
  type ImportParams,
  isImported,
  type RemoteId,
  type Submission,
} from '@halfrate/core'
import type { Ledger, LedgerBatch } from '@halfrate/emulator/model'
import type { StoreWatcher } from '../store/sim-store.js'
import type { StoreCall } from '../store/store-call.js'
import { LateWatch } from './late-watch.js'
import type { Violations } from './violation.js'

/** What the end of a run is held against. */
export interface TellingFacts {
  readonly ledger: Ledger
  /** The provider's clock. */
  readonly providerNow: number
  /** How long the provider keeps results. */
  readonly resultsLifetimeMs: number
  readonly submissions: readonly Submission[]
  /** Whether a batch was made by a canary, which costs nothing and is nobody's. */
  readonly isCanary: (batch: LedgerBatch) => boolean
}

/** Whether the answer of a call comes back: at once, when its process goes on, or never. */
export type Hearing = 'now' | 'later' | 'never'

interface Hearer {
  readonly name: string
  readonly hears: () => Hearing
}

const LOST_RESULTS: readonly AlarmCode[] = ['vanished_batch', 'result_lost']

/**
 * Watches that people are told of every batch that came about or went in a way that costs money: a proxy's twin, one
 * that turned up after it was given up, one that was deleted unread. Who is killed between the store's word and the
 * telling tells nobody, and neither does who never heard that word; the books have it all the same.
 */
export class TellingWatch {
  /** What is done late. */
  readonly late: LateWatch
  readonly #violations: Violations
  readonly #told = new Set<string>()
  readonly #unheard = new Set<RemoteId>()
  readonly #untold = new Map<RemoteId, string>()

  constructor(violations: Violations) {
    this.#violations = violations
    this.late = new LateWatch(violations)
  }

  /** Looks at an event of the engine. */
  see(event: EngineEvent): void {
    this.late.see(event)
    if (event.type !== 'alarm' || event.remoteId === null) return
    this.#told.add(`${event.remoteId} ${event.code}`)
    this.#untold.delete(event.remoteId)
  }

  /** Looks at the store calls of a process too. `hears` says of the one that takes effect whether its answer comes back. */
  beside(other: StoreWatcher, process: Hearer): StoreWatcher {
    return {
      before: (call, params) => other.before(call, params),
      after: (call, params, answer) => {
        if (isWord(call, params)) this.#after(process, answer)
        return other.after(call, params, answer)
      },
    }
  }

  /** A process ended, and what it had to say with it. */
  forget(processName: string, at: number): void {
    this.late.died(at)
    for (const [remoteId, name] of this.#untold) {
      if (name !== processName) continue
      this.#untold.delete(remoteId)
      this.#unheard.add(remoteId)
    }
  }

  /** Judges the whole run by the provider's own books. */
  check(facts: TellingFacts): void {
    const { ledger, providerNow, resultsLifetimeMs, submissions, isCanary } = facts
    const batches = ledger
      .accepted(providerNow)
      .filter((batch) => !batch.isForeign && !isCanary(batch))
    const byId = new Map(batches.map((batch) => [batch.batchId, batch]))
    for (const batch of batches) {
      const first = batch.twinOf === null ? undefined : byId.get(batch.twinOf)
      // Nobody can tell whose a batch was once its results are dropped.
      const isReadable = providerNow - batch.createdAt < resultsLifetimeMs
      const isThere = isReadable && first?.deletedAt === null && batch.deletedAt === null
      if (isThere) this.#expect([first.batchId, batch.batchId], ['twin_found'])
    }
    for (const submission of submissions) this.#checkOne(submission, byId, providerNow)
  }

  #after({ name, hears }: Hearer, answer: unknown): void {
    const remoteId = submissionOf(answer)?.remoteId ?? null
    if (remoteId === null) return
    const hearing = hears()
    if (hearing === 'later') this.#untold.set(remoteId, name)
    if (hearing === 'never') this.#unheard.add(remoteId)
  }

  #checkOne(
    submission: Submission,
    byId: ReadonlyMap<string, LedgerBatch>,
    providerNow: number,
  ): void {
    const { remoteId, verdictAt, twinOf, orphan } = submission
    if (remoteId === null || isImported(submission)) return
    const deletedAt = byId.get(remoteId)?.deletedAt ?? null
    const isGone = deletedAt !== null && deletedAt <= providerNow
    if (verdictAt !== null && twinOf === null) {
      this.#expect([remoteId], ['orphan_found'])
      if (!orphan) this.#add(`${remoteId} came after it was given up, and is no orphan`)
    }
    // The members of a twin and of an orphan were let go before: its file is tried on, and it is told when that ends.
    const isToBeTold = isGone && twinOf === null && !orphan
    if (isToBeTold && submission.state !== 'collected') this.#expect([remoteId], LOST_RESULTS)
  }

  #expect(remoteIds: readonly string[], codes: readonly AlarmCode[]): void {
    const isTold = remoteIds.some((id) => codes.some((code) => this.#told.has(`${id} ${code}`)))
    const isUnheard = remoteIds.some((id) => this.#unheard.has(id as RemoteId))
    if (isTold || isUnheard) return
    this.#add(`Nobody was told of ${remoteIds.join(' and ')} (${codes.join(' or ')})`)
  }

  #add(message: string): void {
    this.#violations.add('untold', `${message}.`)
  }
}

// What a submission is told of by. The first call of an import has no lines yet.
function isWord(call: StoreCall, params: unknown): boolean {
  if (call === 'recordEvidence' || call === 'recordPoll') return true
  return call === 'importSubmission' && (params as ImportParams).lines.length === 0
}

// An answer of evidence has it inside.
function submissionOf(answer: unknown): Submission | null {
  if (typeof answer !== 'object' || answer === null) return null
  return 'submission' in answer ? (answer as EvidenceResult).submission : (answer as Submission)
}
