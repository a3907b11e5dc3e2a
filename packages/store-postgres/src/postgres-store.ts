import type { EpochMs, OperatingStore, Store, StoreTraits } from '@halfrate/core'
import { closeSubmission } from './collecting/close-submission.js'
import { countAttempts } from './collecting/count-attempts.js'
import { markPossiblyPaid } from './collecting/mark-possibly-paid.js'
import { openOutcomes } from './collecting/open-outcomes.js'
import { quarantine } from './collecting/quarantine.js'
import { releaseMembers } from './collecting/release-members.js'
import { settle } from './collecting/settle.js'
import { ackDelivery } from './delivering/ack-delivery.js'
import { readDelivery } from './delivering/read-delivery.js'
import {
  type EnqueueInTransactionParams,
  type EnqueueInTransactionResult,
  enqueueInTransaction,
} from './enqueueing/enqueue-in-transaction.js'
import type { In, Out } from './in-out.js'
import { countInbox, type InboxCounts } from './inbox/count-inbox.js'
import { type MovedInbox, type MoveInboxParams, moveInbox } from './inbox/move-inbox.js'
import { commitJob } from './intake/commit-job.js'
import { discardPart } from './intake/discard-part.js'
import { findJob, openJob } from './intake/jobs.js'
import { putRequests } from './intake/put-requests.js'
import { claim } from './leases/claim.js'
import { release } from './leases/release.js'
import { renew } from './leases/renew.js'
import type { WorkListener } from './listening/work-listener.js'
import { WorkListeners } from './listening/work-listeners.js'
import { addMembers } from './planning/add-members.js'
import { dissolve } from './planning/dissolve.js'
import { hedge } from './planning/hedge.js'
import { openSubmission } from './planning/open-submission.js'
import { queueFacts } from './planning/queue-facts.js'
import { readWaiting } from './planning/read-waiting.js'
import { reroute } from './planning/reroute.js'
import { sealSubmission } from './planning/seal-submission.js'
import { budgetUse } from './reading/budget-use.js'
import { getRequest } from './reading/get-request.js'
import { health } from './reading/health.js'
import { listQueues } from './reading/list-queues.js'
import { listRequests } from './reading/list-requests.js'
import { readCosts } from './reading/read-costs.js'
import { readResults } from './reading/read-results.js'
import { report } from './reading/report.js'
import { spending } from './reading/spending.js'
import { submissionsOf } from './reading/submissions-of.js'
import { beginSend } from './sending/begin-send.js'
import { importSubmission } from './sending/import-submission.js'
import { knownBatches, markForeign } from './sending/known-batches.js'
import { listSubmissions } from './sending/list-submissions.js'
import { noteSubmission } from './sending/note-submission.js'
import { readBlob } from './sending/read-blob.js'
import { readMembers } from './sending/read-members.js'
import { reclaimMembers } from './sending/reclaim-members.js'
import { recordEvidence } from './sending/record-evidence.js'
import { recordPoll } from './sending/record-poll.js'
import { recordScan } from './sending/record-scan.js'
import type { Session } from './session.js'
import { findSubmission } from './submissions.js'
import { cancel } from './upkeep/cancel.js'
import { retry } from './upkeep/retry.js'
import { getSetting, putSetting } from './upkeep/settings.js'
import { sweep } from './upkeep/sweep.js'
import { verify } from './upkeep/verify.js'

/**
 * The store on PostgreSQL: any number of workers on one database.
 *
 * Each call is one short transaction, so it is atomic and durable when it answers. What it does to the rows is written in the functions that
 * it hands on to, one step a file. Before it a call gets the numbers that it may need; what it does not use is lost.
 */
export class PostgresStore implements Store, OperatingStore {
  readonly traits: StoreTraits
  readonly #session: Session
  readonly #listeners: WorkListeners

  /** Use `openPostgresStore`. */
  constructor(session: Session, openListener: (onWork: () => void) => WorkListener | null) {
    this.traits = Object.freeze({ pageLimit: session.pageLimit, workers: 'many' })
    this.#session = session
    this.#listeners = new WorkListeners(openListener)
  }

  /**
   * Calls back, on a connection of its own, when somebody put new work into the store, at most twice a second, until the
   * answer is called. Behind a pooler nothing is heard.
   *
   * A hint and no promise: it can come for nothing, and while the connection is lost none comes. The work that it is
   * about is found by looking.
   */
  listen(onWork: () => void): () => Promise<void> {
    return this.#listeners.listen(onWork)
  }

  /**
   * Enqueues requests in a transaction of the caller's, on the store's database: with its commit they are there, with its
   * rollback they never were, and until then nobody sees them.
   *
   * No statement of ours begins or ends anything. What we refuse has written nothing, and the transaction goes on; what
   * the database refuses ends it, as any statement of the caller's would, and comes as their library throws it.
   *
   * @throws {InvalidInputError} when it is too much for one call, or brings a key with different params.
   * @throws {StoreForeignError} when the transaction is on another store.
   * @throws {StoreAccessError} when its role may not enqueue there.
   */
  async enqueueIn(params: EnqueueInTransactionParams): Promise<EnqueueInTransactionResult> {
    return enqueueInTransaction(this.#session, params)
  }

  /**
   * Makes requests of the oldest rows of the table `halfrate_inbox`, at most 500, in one transaction: whatever happens, a
   * row is there or its request is. A row that can't be taken gets an error text and stands in nobody's way.
   *
   * @throws {StoreUnavailableError} when the store did not answer; call again, nothing is stored twice.
   */
  async moveInbox(params: Readonly<MoveInboxParams>): Promise<MovedInbox> {
    return moveInbox(this.#session, params)
  }

  /** Counts the rows of the table `halfrate_inbox`: those that wait, and those that were refused. */
  async countInbox(): Promise<InboxCounts> {
    return countInbox(this.#session)
  }

  async now(): Promise<EpochMs> {
    return this.#session.database.now()
  }

  async claim(params: In<'claim'>): Out<'claim'> {
    return claim(this.#session, params)
  }

  async renew(params: In<'renew'>): Out<'renew'> {
    return renew(this.#session, params)
  }

  async release(params: In<'release'>): Out<'release'> {
    return release(this.#session, params)
  }

  async openJob(params: In<'openJob'>): Out<'openJob'> {
    return openJob(this.#session, params)
  }

  async putRequests(params: In<'putRequests'>): Out<'putRequests'> {
    return putRequests(this.#session, params)
  }

  async commitJob(params: In<'commitJob'>): Out<'commitJob'> {
    return commitJob(this.#session, params)
  }

  async discardPart(params: In<'discardPart'>): Out<'discardPart'> {
    return discardPart(this.#session, params)
  }

  async findJob(params: In<'findJob'>): Out<'findJob'> {
    return findJob(this.#session, params)
  }

  async queueFacts(params: In<'queueFacts'>): Out<'queueFacts'> {
    return queueFacts(this.#session, params)
  }

  async readWaiting(params: In<'readWaiting'>): Out<'readWaiting'> {
    return readWaiting(this.#session, params)
  }

  async openSubmission(params: In<'openSubmission'>): Out<'openSubmission'> {
    return openSubmission(this.#session, params)
  }

  async addMembers(params: In<'addMembers'>): Out<'addMembers'> {
    return addMembers(this.#session, params)
  }

  async sealSubmission(params: In<'sealSubmission'>): Out<'sealSubmission'> {
    return sealSubmission(this.#session, params)
  }

  async dissolve(params: In<'dissolve'>): Out<'dissolve'> {
    return dissolve(this.#session, params)
  }

  async reroute(params: In<'reroute'>): Out<'reroute'> {
    return reroute(this.#session, params)
  }

  async hedge(params: In<'hedge'>): Out<'hedge'> {
    return hedge(this.#session, params)
  }

  async beginSend(params: In<'beginSend'>): Out<'beginSend'> {
    return beginSend(this.#session, params)
  }

  async readBlob(params: In<'readBlob'>): Out<'readBlob'> {
    return readBlob(this.#session, params)
  }

  async readMembers(params: In<'readMembers'>): Out<'readMembers'> {
    return readMembers(this.#session, params)
  }

  async recordEvidence(params: In<'recordEvidence'>): Out<'recordEvidence'> {
    return recordEvidence(this.#session, params)
  }

  async importSubmission(params: In<'importSubmission'>): Out<'importSubmission'> {
    return importSubmission(this.#session, params)
  }

  async recordScan(params: In<'recordScan'>): Out<'recordScan'> {
    return recordScan(this.#session, params)
  }

  async markForeign(params: In<'markForeign'>): Out<'markForeign'> {
    return markForeign(this.#session, params)
  }

  async knownBatches(params: In<'knownBatches'>): Out<'knownBatches'> {
    return knownBatches(this.#session, params)
  }

  async listSubmissions(params: In<'listSubmissions'>): Out<'listSubmissions'> {
    return listSubmissions(this.#session, params)
  }

  async getSubmission(params: In<'getSubmission'>): Out<'getSubmission'> {
    const { submissionId } = params
    return this.#session.read(async (step) => (await findSubmission(step, submissionId)) ?? null)
  }

  async recordPoll(params: In<'recordPoll'>): Out<'recordPoll'> {
    return recordPoll(this.#session, params)
  }

  async noteSubmission(params: In<'noteSubmission'>): Out<'noteSubmission'> {
    return noteSubmission(this.#session, params)
  }

  async reclaimMembers(params: In<'reclaimMembers'>): Out<'reclaimMembers'> {
    return reclaimMembers(this.#session, params)
  }

  async settle(params: In<'settle'>): Out<'settle'> {
    return settle(this.#session, params)
  }

  async quarantine(params: In<'quarantine'>): Out<'quarantine'> {
    return quarantine(this.#session, params)
  }

  async countAttempts(params: In<'countAttempts'>): Out<'countAttempts'> {
    return countAttempts(this.#session, params)
  }

  async openOutcomes(params: In<'openOutcomes'>): Out<'openOutcomes'> {
    return openOutcomes(this.#session, params)
  }

  async releaseMembers(params: In<'releaseMembers'>): Out<'releaseMembers'> {
    return releaseMembers(this.#session, params)
  }

  async markPossiblyPaid(params: In<'markPossiblyPaid'>): Out<'markPossiblyPaid'> {
    return markPossiblyPaid(this.#session, params)
  }

  async closeSubmission(params: In<'closeSubmission'>): Out<'closeSubmission'> {
    return closeSubmission(this.#session, params)
  }

  async readDelivery(params: In<'readDelivery'>): Out<'readDelivery'> {
    return readDelivery(this.#session, params)
  }

  async ackDelivery(params: In<'ackDelivery'>): Out<'ackDelivery'> {
    return ackDelivery(this.#session, params)
  }

  async getRequest(params: In<'getRequest'>): Out<'getRequest'> {
    return getRequest(this.#session, params)
  }

  async listRequests(params: In<'listRequests'>): Out<'listRequests'> {
    return listRequests(this.#session, params)
  }

  async readResults(params: In<'readResults'>): Out<'readResults'> {
    return readResults(this.#session, params)
  }

  async report(params: In<'report'>): Out<'report'> {
    return report(this.#session, params)
  }

  async spending(params: In<'spending'>): Out<'spending'> {
    return spending(this.#session, params)
  }

  async readCosts(params: In<'readCosts'>): Out<'readCosts'> {
    return readCosts(this.#session, params)
  }

  async budgetUse(params: In<'budgetUse'>): Out<'budgetUse'> {
    return budgetUse(this.#session, params)
  }

  async submissionsOf(params: In<'submissionsOf'>): Out<'submissionsOf'> {
    return submissionsOf(this.#session, params)
  }

  async getSetting(params: In<'getSetting'>): Out<'getSetting'> {
    return getSetting(this.#session, params)
  }

  async putSetting(params: In<'putSetting'>): Out<'putSetting'> {
    return putSetting(this.#session, params)
  }

  async cancel(params: In<'cancel'>): Out<'cancel'> {
    return cancel(this.#session, params)
  }

  async sweep(): Out<'sweep'> {
    return sweep(this.#session)
  }

  async verify(params: In<'verify'>): Out<'verify'> {
    return verify(this.#session, params)
  }

  async listQueues(params: In<'listQueues'>): Out<'listQueues'> {
    return listQueues(this.#session, params)
  }

  async retry(params: In<'retry'>): Out<'retry'> {
    return retry(this.#session, params)
  }

  async health(): Out<'health'> {
    return health(this.#session)
  }

  async shutdown(): Promise<void> {
    await this.#listeners.close()
    await this.#session.database.close()
  }
}
