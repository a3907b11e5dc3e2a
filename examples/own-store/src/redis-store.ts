import type { EpochMs, OperatingStore, Store, StoreTraits } from '@halfrate/core'
import { closeSubmission, countAttempts } from './collecting/close-submission.js'
import { markPossiblyPaid } from './collecting/mark-possibly-paid.js'
import { openOutcomes } from './collecting/open-outcomes.js'
import { quarantine } from './collecting/quarantine.js'
import { releaseMembers } from './collecting/release-members.js'
import { settle } from './collecting/settle.js'
import { ackDelivery } from './delivering/ack-delivery.js'
import { readDelivery } from './delivering/read-delivery.js'
import type { In, Out } from './in-out.js'
import { commitJob } from './intake/commit-job.js'
import { discardPart } from './intake/discard-part.js'
import { findJob, openJob } from './intake/open-job.js'
import { putRequests } from './intake/put-requests.js'
import { claim } from './leases/claim.js'
import { release, renew } from './leases/renew.js'
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
import { getSubmission, knownBatches, listSubmissions, markForeign } from './sending/batches.js'
import { beginSend } from './sending/begin-send.js'
import { importSubmission } from './sending/import-submission.js'
import { readBlob } from './sending/read-blob.js'
import { readMembers } from './sending/read-members.js'
import { reclaimMembers } from './sending/reclaim-members.js'
import { recordEvidence } from './sending/record-evidence.js'
import { noteSubmission, recordPoll, recordScan } from './sending/watching.js'
import type { Session } from './session.js'
import { cancel } from './upkeep/cancel.js'
import { retry } from './upkeep/retry.js'
import { getSetting, putSetting } from './upkeep/settings.js'
import { sweep } from './upkeep/sweep.js'
import { verify } from './upkeep/verify.js'

/**
 * The port, method by method. Each hands on to a function of its name, in a file of its group; `Step` says how they are
 * atomic.
 */
export class RedisStore implements Store, OperatingStore {
  readonly traits: StoreTraits
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
    this.traits = Object.freeze({ pageLimit: session.pageLimit, workers: 'many' })
  }

  async now(): Promise<EpochMs> {
    return this.#session.step(async (step) => step.now)
  }

  async claim(params: In<'claim'>): Promise<Out<'claim'>> {
    return claim(this.#session, params)
  }

  async renew(params: In<'renew'>): Promise<Out<'renew'>> {
    return renew(this.#session, params)
  }

  async release(params: In<'release'>): Promise<Out<'release'>> {
    return release(this.#session, params)
  }

  async openJob(params: In<'openJob'>): Promise<Out<'openJob'>> {
    return openJob(this.#session, params)
  }

  async findJob(params: In<'findJob'>): Promise<Out<'findJob'>> {
    return findJob(this.#session, params)
  }

  async putRequests(params: In<'putRequests'>): Promise<Out<'putRequests'>> {
    return putRequests(this.#session, params)
  }

  async commitJob(params: In<'commitJob'>): Promise<Out<'commitJob'>> {
    return commitJob(this.#session, params)
  }

  async discardPart(params: In<'discardPart'>): Promise<Out<'discardPart'>> {
    return discardPart(this.#session, params)
  }

  async queueFacts(params: In<'queueFacts'>): Promise<Out<'queueFacts'>> {
    return queueFacts(this.#session, params)
  }

  async readWaiting(params: In<'readWaiting'>): Promise<Out<'readWaiting'>> {
    return readWaiting(this.#session, params)
  }

  async openSubmission(params: In<'openSubmission'>): Promise<Out<'openSubmission'>> {
    return openSubmission(this.#session, params)
  }

  async addMembers(params: In<'addMembers'>): Promise<Out<'addMembers'>> {
    return addMembers(this.#session, params)
  }

  async sealSubmission(params: In<'sealSubmission'>): Promise<Out<'sealSubmission'>> {
    return sealSubmission(this.#session, params)
  }

  async dissolve(params: In<'dissolve'>): Promise<Out<'dissolve'>> {
    return dissolve(this.#session, params)
  }

  async reroute(params: In<'reroute'>): Promise<Out<'reroute'>> {
    return reroute(this.#session, params)
  }

  async hedge(params: In<'hedge'>): Promise<Out<'hedge'>> {
    return hedge(this.#session, params)
  }

  async beginSend(params: In<'beginSend'>): Promise<Out<'beginSend'>> {
    return beginSend(this.#session, params)
  }

  async readMembers(params: In<'readMembers'>): Promise<Out<'readMembers'>> {
    return readMembers(this.#session, params)
  }

  async readBlob(params: In<'readBlob'>): Promise<Out<'readBlob'>> {
    return readBlob(this.#session, params)
  }

  async recordEvidence(params: In<'recordEvidence'>): Promise<Out<'recordEvidence'>> {
    return recordEvidence(this.#session, params)
  }

  async recordScan(params: In<'recordScan'>): Promise<Out<'recordScan'>> {
    return recordScan(this.#session, params)
  }

  async recordPoll(params: In<'recordPoll'>): Promise<Out<'recordPoll'>> {
    return recordPoll(this.#session, params)
  }

  async noteSubmission(params: In<'noteSubmission'>): Promise<Out<'noteSubmission'>> {
    return noteSubmission(this.#session, params)
  }

  async importSubmission(params: In<'importSubmission'>): Promise<Out<'importSubmission'>> {
    return importSubmission(this.#session, params)
  }

  async markForeign(params: In<'markForeign'>): Promise<Out<'markForeign'>> {
    return markForeign(this.#session, params)
  }

  async knownBatches(params: In<'knownBatches'>): Promise<Out<'knownBatches'>> {
    return knownBatches(this.#session, params)
  }

  async listSubmissions(params: In<'listSubmissions'>): Promise<Out<'listSubmissions'>> {
    return listSubmissions(this.#session, params)
  }

  async getSubmission(params: In<'getSubmission'>): Promise<Out<'getSubmission'>> {
    return getSubmission(this.#session, params)
  }

  async reclaimMembers(params: In<'reclaimMembers'>): Promise<Out<'reclaimMembers'>> {
    return reclaimMembers(this.#session, params)
  }

  async settle(params: In<'settle'>): Promise<Out<'settle'>> {
    return settle(this.#session, params)
  }

  async quarantine(params: In<'quarantine'>): Promise<Out<'quarantine'>> {
    return quarantine(this.#session, params)
  }

  async countAttempts(params: In<'countAttempts'>): Promise<Out<'countAttempts'>> {
    return countAttempts(this.#session, params)
  }

  async markPossiblyPaid(params: In<'markPossiblyPaid'>): Promise<Out<'markPossiblyPaid'>> {
    return markPossiblyPaid(this.#session, params)
  }

  async closeSubmission(params: In<'closeSubmission'>): Promise<Out<'closeSubmission'>> {
    return closeSubmission(this.#session, params)
  }

  async openOutcomes(params: In<'openOutcomes'>): Promise<Out<'openOutcomes'>> {
    return openOutcomes(this.#session, params)
  }

  async releaseMembers(params: In<'releaseMembers'>): Promise<Out<'releaseMembers'>> {
    return releaseMembers(this.#session, params)
  }

  async readDelivery(params: In<'readDelivery'>): Promise<Out<'readDelivery'>> {
    return readDelivery(this.#session, params)
  }

  async ackDelivery(params: In<'ackDelivery'>): Promise<Out<'ackDelivery'>> {
    return ackDelivery(this.#session, params)
  }

  async getRequest(params: In<'getRequest'>): Promise<Out<'getRequest'>> {
    return getRequest(this.#session, params)
  }

  async listRequests(params: In<'listRequests'>): Promise<Out<'listRequests'>> {
    return listRequests(this.#session, params)
  }

  async readResults(params: In<'readResults'>): Promise<Out<'readResults'>> {
    return readResults(this.#session, params)
  }

  async report(params: In<'report'>): Promise<Out<'report'>> {
    return report(this.#session, params)
  }

  async spending(params: In<'spending'>): Promise<Out<'spending'>> {
    return spending(this.#session, params)
  }

  async readCosts(params: In<'readCosts'>): Promise<Out<'readCosts'>> {
    return readCosts(this.#session, params)
  }

  async budgetUse(params: In<'budgetUse'>): Promise<Out<'budgetUse'>> {
    return budgetUse(this.#session, params)
  }

  async submissionsOf(params: In<'submissionsOf'>): Promise<Out<'submissionsOf'>> {
    return submissionsOf(this.#session, params)
  }

  async getSetting(params: In<'getSetting'>): Promise<Out<'getSetting'>> {
    return getSetting(this.#session, params)
  }

  async putSetting(params: In<'putSetting'>): Promise<Out<'putSetting'>> {
    return putSetting(this.#session, params)
  }

  async cancel(params: In<'cancel'>): Promise<Out<'cancel'>> {
    return cancel(this.#session, params)
  }

  async verify(params: In<'verify'>): Promise<Out<'verify'>> {
    return verify(this.#session, params)
  }

  async sweep(): Promise<Out<'sweep'>> {
    return sweep(this.#session)
  }

  async listQueues(params: In<'listQueues'>): Promise<Out<'listQueues'>> {
    return listQueues(this.#session, params)
  }

  async retry(params: In<'retry'>): Promise<Out<'retry'>> {
    return retry(this.#session, params)
  }

  async health(): Promise<Out<'health'>> {
    return health(this.#session)
  }

  async shutdown(): Promise<void> {
    await this.#session.connection.close()
  }
}
