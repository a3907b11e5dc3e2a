import { StoreClosedError } from '../errors.js'
import type { Job } from '../model/job.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { Digest } from '../ports/digest.js'
import type { Store, StoreTraits } from '../ports/store.js'
import type { OperatingStore } from '../ports/store-operating.js'
import type { Setting } from '../ports/store-upkeep.js'
import { budgetUse } from './budget-use.js'
import { cancel } from './canceling.js'
import {
  closeSubmission,
  countAttempts,
  markPossiblyPaid,
  openOutcomes,
  quarantine,
} from './collecting.js'
import { readCosts } from './costs.js'
import { ackDelivery, readDelivery, withDeliveries } from './deliveries.js'
import { recordEvidence } from './evidence.js'
import { hedge } from './hedging.js'
import { importSubmission } from './importing.js'
import { openJob, putRequests } from './intake.js'
import { claim, release, renew } from './leases.js'
import { listQueues } from './operating.js'
import { commitJob, discardPart } from './parts.js'
import { addMembers, openSubmission, queueFacts, readWaiting, sealSubmission } from './planning.js'
import { getRequest, listRequests, readResults, submissionsOf } from './reading.js'
import { reclaimMembers } from './reclaiming.js'
import { dissolve, releaseMembers } from './releasing.js'
import { report } from './reporting.js'
import { reroute } from './reroute.js'
import { retry } from './retrying.js'
import { beginSend, readBlob, readMembers } from './sending.js'
import { putSetting, readSetting } from './settings.js'
import { settle } from './settling.js'
import { loadSnapshot, type MemorySnapshot, takeSnapshot } from './snapshot.js'
import { spending } from './spending.js'
import { sweep } from './sweeping.js'
import { Tables } from './tables.js'
import { verify } from './verifying.js'
import {
  knownBatches,
  listSubmissions,
  markForeign,
  noteSubmission,
  recordPoll,
  recordScan,
} from './watching.js'

type Port = Store & OperatingStore
type In<Method extends keyof Port> = Port[Method] extends (params: infer P) => unknown ? P : never
type Out<Method extends keyof Port> = Port[Method] extends (...params: never[]) => infer R
  ? R
  : never

/** How a memory store is made. */
export interface MemoryStoreOptions {
  /** The store's clock, in epoch milliseconds. */
  readonly now: () => EpochMs
  /** No id at or below this one is given out. Default 0; the clock is a floor too. */
  readonly ids?: number | undefined
  /** Most rows in one call, 100 or more. Default 2,000. */
  readonly pageLimit?: number | undefined
  /** Whether a single worker or many may run on it. Default `many`. */
  readonly workers?: 'one' | 'many' | undefined
  /** With it {@link MemoryStore.verify} holds the bytes of files against their hashes. */
  readonly digest?: Pick<Digest, 'sha256'> | undefined
}

/**
 * The reference store: everything in maps, for one process, gone with it.
 *
 * Each call runs to its end before the next one begins, so it is atomic; what it answers is frozen or copied. What
 * a call does to its rows is written in the functions that it hands on to, and decided by those of `policy/`.
 */
export class MemoryStore implements Store, OperatingStore {
  readonly traits: StoreTraits
  readonly #digest: Pick<Digest, 'sha256'> | null
  #tables: Tables | null

  constructor(options: MemoryStoreOptions) {
    const { now, ids = 0, pageLimit = 2_000, workers = 'many' } = options
    this.traits = Object.freeze({ pageLimit, workers })
    this.#digest = options.digest ?? null
    this.#tables = new Tables({ now, pageLimit, lastId: ids })
  }

  /** Makes a store that holds what a snapshot holds, as a backup that was put back does. */
  static from(snapshot: MemorySnapshot, options: MemoryStoreOptions): MemoryStore {
    const store = new MemoryStore(options)
    loadSnapshot(store.#open(), snapshot)
    return store
  }

  /** Copies all that the store holds now. */
  snapshot(): MemorySnapshot {
    return takeSnapshot(this.#open())
  }

  async now(): Promise<EpochMs> {
    return this.#open().now()
  }

  async claim(params: In<'claim'>): Out<'claim'> {
    return claim(this.#open(), params)
  }

  async renew(params: In<'renew'>): Out<'renew'> {
    return renew(this.#open(), params)
  }

  async release(params: In<'release'>): Out<'release'> {
    return release(this.#open(), params)
  }

  async openJob(params: In<'openJob'>): Out<'openJob'> {
    return openJob(this.#open(), params)
  }

  async putRequests(params: In<'putRequests'>): Out<'putRequests'> {
    return putRequests(this.#open(), params)
  }

  async commitJob(params: In<'commitJob'>): Out<'commitJob'> {
    return commitJob(this.#open(), params)
  }

  async discardPart(params: In<'discardPart'>): Out<'discardPart'> {
    return discardPart(this.#open(), params)
  }

  async queueFacts(params: In<'queueFacts'>): Out<'queueFacts'> {
    return queueFacts(this.#open(), params)
  }

  async readWaiting(params: In<'readWaiting'>): Out<'readWaiting'> {
    return readWaiting(this.#open(), params)
  }

  async openSubmission(params: In<'openSubmission'>): Out<'openSubmission'> {
    return openSubmission(this.#open(), params)
  }

  async addMembers(params: In<'addMembers'>): Out<'addMembers'> {
    return addMembers(this.#open(), params)
  }

  async sealSubmission(params: In<'sealSubmission'>): Out<'sealSubmission'> {
    return sealSubmission(this.#open(), params)
  }

  async dissolve(params: In<'dissolve'>): Out<'dissolve'> {
    return withDeliveries(this.#open(), (tables) => dissolve(tables, params))
  }

  async reroute(params: In<'reroute'>): Out<'reroute'> {
    return reroute(this.#open(), params)
  }

  async hedge(params: In<'hedge'>): Out<'hedge'> {
    return hedge(this.#open(), params)
  }

  async beginSend(params: In<'beginSend'>): Out<'beginSend'> {
    return beginSend(this.#open(), params)
  }

  async readMembers(params: In<'readMembers'>): Out<'readMembers'> {
    return readMembers(this.#open(), params)
  }

  async readBlob(params: In<'readBlob'>): Out<'readBlob'> {
    return readBlob(this.#open(), params)
  }

  async recordEvidence(params: In<'recordEvidence'>): Out<'recordEvidence'> {
    return recordEvidence(this.#open(), params)
  }

  async recordScan(params: In<'recordScan'>): Out<'recordScan'> {
    return recordScan(this.#open(), params)
  }

  async importSubmission(params: In<'importSubmission'>): Out<'importSubmission'> {
    return withDeliveries(this.#open(), (tables) => importSubmission(tables, params))
  }

  async markForeign(params: In<'markForeign'>): Out<'markForeign'> {
    return markForeign(this.#open(), params)
  }

  async knownBatches(params: In<'knownBatches'>): Out<'knownBatches'> {
    return knownBatches(this.#open(), params)
  }

  async listSubmissions(params: In<'listSubmissions'>): Out<'listSubmissions'> {
    return listSubmissions(this.#open(), params)
  }

  async recordPoll(params: In<'recordPoll'>): Out<'recordPoll'> {
    return recordPoll(this.#open(), params)
  }

  async noteSubmission(params: In<'noteSubmission'>): Out<'noteSubmission'> {
    return noteSubmission(this.#open(), params)
  }

  async reclaimMembers(params: In<'reclaimMembers'>): Out<'reclaimMembers'> {
    return reclaimMembers(this.#open(), params)
  }

  async settle(params: In<'settle'>): Out<'settle'> {
    return withDeliveries(this.#open(), (tables) => settle(tables, params))
  }

  async quarantine(params: In<'quarantine'>): Out<'quarantine'> {
    return quarantine(this.#open(), params)
  }

  async countAttempts(params: In<'countAttempts'>): Out<'countAttempts'> {
    return countAttempts(this.#open(), params)
  }

  async openOutcomes(params: In<'openOutcomes'>): Out<'openOutcomes'> {
    return openOutcomes(this.#open(), params)
  }

  async releaseMembers(params: In<'releaseMembers'>): Out<'releaseMembers'> {
    return withDeliveries(this.#open(), (tables) => releaseMembers(tables, params))
  }

  async markPossiblyPaid(params: In<'markPossiblyPaid'>): Out<'markPossiblyPaid'> {
    return markPossiblyPaid(this.#open(), params)
  }

  async closeSubmission(params: In<'closeSubmission'>): Out<'closeSubmission'> {
    return closeSubmission(this.#open(), params)
  }

  async readDelivery(params: In<'readDelivery'>): Out<'readDelivery'> {
    return readDelivery(this.#open(), params)
  }

  async ackDelivery(params: In<'ackDelivery'>): Out<'ackDelivery'> {
    return ackDelivery(this.#open(), params)
  }

  async getRequest(params: In<'getRequest'>): Out<'getRequest'> {
    return getRequest(this.#open(), params)
  }

  async listRequests(params: In<'listRequests'>): Out<'listRequests'> {
    return listRequests(this.#open(), params)
  }

  async readResults(params: In<'readResults'>): Out<'readResults'> {
    return readResults(this.#open(), params)
  }

  async report(params: In<'report'>): Out<'report'> {
    return report(this.#open(), params)
  }

  async spending(params: In<'spending'>): Out<'spending'> {
    return spending(this.#open(), params)
  }

  async readCosts(params: In<'readCosts'>): Out<'readCosts'> {
    return readCosts(this.#open(), params)
  }

  async budgetUse(params: In<'budgetUse'>): Out<'budgetUse'> {
    return budgetUse(this.#open(), params)
  }

  async submissionsOf(params: In<'submissionsOf'>): Out<'submissionsOf'> {
    return submissionsOf(this.#open(), params)
  }

  async putSetting(params: In<'putSetting'>): Out<'putSetting'> {
    return putSetting(this.#open(), params)
  }

  async cancel(params: In<'cancel'>): Out<'cancel'> {
    return withDeliveries(this.#open(), (tables) => cancel(tables, params))
  }

  async verify(params: In<'verify'>): Out<'verify'> {
    return verify(this.#open(), params, this.#digest)
  }

  async findJob(params: In<'findJob'>): Promise<Job | null> {
    return this.#open().jobs.byName(params.project, params.name) ?? null
  }

  async getSubmission(params: In<'getSubmission'>): Promise<Submission | null> {
    return this.#open().submissions.get(params.submissionId) ?? null
  }

  async getSetting(params: In<'getSetting'>): Promise<Setting | null> {
    return readSetting(this.#open(), params)
  }

  async sweep(): Out<'sweep'> {
    return withDeliveries(this.#open(), sweep)
  }

  async listQueues(params: In<'listQueues'>): Out<'listQueues'> {
    return listQueues(this.#open(), params)
  }

  async retry(params: In<'retry'>): Out<'retry'> {
    return retry(this.#open(), params)
  }

  async health(): Out<'health'> {
    this.#open()
    return { engine: 'memory', schema: 'none', bytes: 0, isDurable: false, faults: [] }
  }

  async shutdown(): Promise<void> {
    this.#open()
    this.#tables = null
  }

  /** @throws {StoreClosedError} after {@link MemoryStore.shutdown}. */
  #open(): Tables {
    if (this.#tables === null) throw new StoreClosedError()
    return this.#tables
  }
}
