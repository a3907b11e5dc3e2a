import type { EpochMs, OperatingStore, Store, StoreTraits } from '@halfrate/core'
import { closeSubmission } from './collecting/close-submission.js'
import { countAttempts } from './collecting/count-attempts.js'
import { markPossiblyPaid } from './collecting/mark-possibly-paid.js'
import { openOutcomes } from './collecting/open-outcomes.js'
import { quarantine } from './collecting/quarantine.js'
import { releaseMembers } from './collecting/release-members.js'
import { settle } from './collecting/settle.js'
import type { Durability } from './database/connection.js'
import { ackDelivery } from './delivering/ack-delivery.js'
import { keepForDelivery } from './delivering/keep-for-delivery.js'
import { readDelivery } from './delivering/read-delivery.js'
import { commitJob } from './intake/commit-job.js'
import { discardPart } from './intake/discard-part.js'
import { findJob, openJob } from './intake/jobs.js'
import { putRequests } from './intake/put-requests.js'
import { claim } from './leases/claim.js'
import { release } from './leases/release.js'
import { renew } from './leases/renew.js'
import type { LoopTurns } from './loop-turns.js'
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
import { type Session, write } from './session.js'
import { findSubmission } from './submissions.js'
import { cancel } from './upkeep/cancel.js'
import { retry } from './upkeep/retry.js'
import { putSetting, readSetting } from './upkeep/settings.js'
import { sweep } from './upkeep/sweep.js'
import { verify } from './upkeep/verify.js'

type Port = Store & OperatingStore
type In<Method extends keyof Port> = Port[Method] extends (params: infer P) => unknown ? P : never
type Out<Method extends keyof Port> = Port[Method] extends (...params: never[]) => infer R
  ? R
  : never

/**
 * The embedded store: one SQLite file, one worker, any number of other processes beside it.
 *
 * Each call is one synchronous transaction, so it is atomic, and durable when it answers; a page of an open job is when
 * the job is committed. What it does to the rows is written in the functions that it hands on to, one step a file, and
 * decided by those of core's `policy/`.
 */
export class SqliteStore implements Store, OperatingStore {
  readonly traits: StoreTraits
  readonly #session: Session
  readonly #turns: LoopTurns

  constructor(session: Session, turns: LoopTurns) {
    this.traits = Object.freeze({ pageLimit: session.pageLimit, workers: 'one' })
    this.#session = session
    this.#turns = turns
  }

  async now(): Promise<EpochMs> {
    return this.#read(({ now }) => now())
  }

  async claim(params: In<'claim'>): Out<'claim'> {
    return this.#write((session) => claim(session, params))
  }

  async renew(params: In<'renew'>): Out<'renew'> {
    return this.#write((session) => renew(session, params))
  }

  async release(params: In<'release'>): Out<'release'> {
    return this.#write((session) => release(session, params))
  }

  async openJob(params: In<'openJob'>): Out<'openJob'> {
    return this.#write((session) => openJob(session, params))
  }

  async putRequests(params: In<'putRequests'>): Out<'putRequests'> {
    // An open part is nothing that was accepted: its commit makes it durable with itself, and a power cut before that
    // leaves a shorter part, which the same load fills up. A loose page is its own commit.
    const durability = params.job === null ? 'at_once' : 'with_later'
    return this.#turns.after(
      write(this.#session, () => putRequests(this.#session, params), durability),
    )
  }

  async commitJob(params: In<'commitJob'>): Out<'commitJob'> {
    return this.#write((session) => commitJob(session, params))
  }

  async discardPart(params: In<'discardPart'>): Out<'discardPart'> {
    return this.#write((session) => discardPart(session, params))
  }

  async findJob(params: In<'findJob'>): Out<'findJob'> {
    return this.#read((session) => findJob(session, params))
  }

  async queueFacts(params: In<'queueFacts'>): Out<'queueFacts'> {
    return this.#read((session) => queueFacts(session, params))
  }

  async readWaiting(params: In<'readWaiting'>): Out<'readWaiting'> {
    return this.#read((session) => readWaiting(session, params))
  }

  async openSubmission(params: In<'openSubmission'>): Out<'openSubmission'> {
    return this.#write((session) => openSubmission(session, params))
  }

  async addMembers(params: In<'addMembers'>): Out<'addMembers'> {
    // Until it is sealed a submission is nobody's but the planner's: the seal makes its members durable with itself, and
    // a power cut before that leaves fewer of them, and the others waiting.
    return this.#write((session) => addMembers(session, params), 'with_later')
  }

  async sealSubmission(params: In<'sealSubmission'>): Out<'sealSubmission'> {
    return this.#write((session) => sealSubmission(session, params))
  }

  async dissolve(params: In<'dissolve'>): Out<'dissolve'> {
    return this.#write((session) => dissolve(session, params))
  }

  async reroute(params: In<'reroute'>): Out<'reroute'> {
    return this.#write((session) => reroute(session, params))
  }

  async hedge(params: In<'hedge'>): Out<'hedge'> {
    return this.#write((session) => hedge(session, params))
  }

  async beginSend(params: In<'beginSend'>): Out<'beginSend'> {
    return this.#write((session) => beginSend(session, params))
  }

  async readBlob(params: In<'readBlob'>): Out<'readBlob'> {
    return this.#read((session) => readBlob(session, params))
  }

  async readMembers(params: In<'readMembers'>): Out<'readMembers'> {
    return this.#read((session) => readMembers(session, params))
  }

  async recordEvidence(params: In<'recordEvidence'>): Out<'recordEvidence'> {
    return this.#write((session) => recordEvidence(session, params))
  }

  async importSubmission(params: In<'importSubmission'>): Out<'importSubmission'> {
    return this.#write((session) => importSubmission(session, params))
  }

  async recordScan(params: In<'recordScan'>): Out<'recordScan'> {
    return this.#write((session) => recordScan(session, params))
  }

  async markForeign(params: In<'markForeign'>): Out<'markForeign'> {
    return this.#write((session) => markForeign(session, params))
  }

  async knownBatches(params: In<'knownBatches'>): Out<'knownBatches'> {
    return this.#read((session) => knownBatches(session, params))
  }

  async listSubmissions(params: In<'listSubmissions'>): Out<'listSubmissions'> {
    return this.#read((session) => listSubmissions(session, params))
  }

  async getSubmission(params: In<'getSubmission'>): Out<'getSubmission'> {
    return this.#read((session) => findSubmission(session, params.submissionId) ?? null)
  }

  async recordPoll(params: In<'recordPoll'>): Out<'recordPoll'> {
    return this.#write((session) => recordPoll(session, params))
  }

  async noteSubmission(params: In<'noteSubmission'>): Out<'noteSubmission'> {
    return this.#write((session) => noteSubmission(session, params))
  }

  async reclaimMembers(params: In<'reclaimMembers'>): Out<'reclaimMembers'> {
    return this.#write((session) => reclaimMembers(session, params))
  }

  async settle(params: In<'settle'>): Out<'settle'> {
    return this.#write((session) => settle(session, params))
  }

  async quarantine(params: In<'quarantine'>): Out<'quarantine'> {
    return this.#write((session) => quarantine(session, params))
  }

  async countAttempts(params: In<'countAttempts'>): Out<'countAttempts'> {
    return this.#read((session) => countAttempts(session, params))
  }

  async openOutcomes(params: In<'openOutcomes'>): Out<'openOutcomes'> {
    return this.#read((session) => openOutcomes(session, params))
  }

  async releaseMembers(params: In<'releaseMembers'>): Out<'releaseMembers'> {
    return this.#write((session) => releaseMembers(session, params))
  }

  async markPossiblyPaid(params: In<'markPossiblyPaid'>): Out<'markPossiblyPaid'> {
    return this.#write((session) => markPossiblyPaid(session, params))
  }

  async closeSubmission(params: In<'closeSubmission'>): Out<'closeSubmission'> {
    return this.#write((session) => closeSubmission(session, params))
  }

  async readDelivery(params: In<'readDelivery'>): Out<'readDelivery'> {
    return this.#read((session) => readDelivery(session, params))
  }

  async ackDelivery(params: In<'ackDelivery'>): Out<'ackDelivery'> {
    return this.#write((session) => ackDelivery(session, params))
  }

  async getRequest(params: In<'getRequest'>): Out<'getRequest'> {
    return this.#read((session) => getRequest(session, params))
  }

  async listRequests(params: In<'listRequests'>): Out<'listRequests'> {
    return this.#read((session) => listRequests(session, params))
  }

  async readResults(params: In<'readResults'>): Out<'readResults'> {
    return this.#read((session) => readResults(session, params))
  }

  async report(params: In<'report'>): Out<'report'> {
    return this.#read((session) => report(session, params))
  }

  async spending(params: In<'spending'>): Out<'spending'> {
    return this.#read((session) => spending(session, params))
  }

  async readCosts(params: In<'readCosts'>): Out<'readCosts'> {
    return this.#read((session) => readCosts(session, params))
  }

  async budgetUse(params: In<'budgetUse'>): Out<'budgetUse'> {
    return this.#read((session) => budgetUse(session, params))
  }

  async submissionsOf(params: In<'submissionsOf'>): Out<'submissionsOf'> {
    return this.#read((session) => submissionsOf(session, params))
  }

  async getSetting(params: In<'getSetting'>): Out<'getSetting'> {
    return this.#read((session) => readSetting(session, params))
  }

  async putSetting(params: In<'putSetting'>): Out<'putSetting'> {
    return this.#write((session) => putSetting(session, params))
  }

  async cancel(params: In<'cancel'>): Out<'cancel'> {
    return this.#write((session) => cancel(session, params))
  }

  async sweep(): Out<'sweep'> {
    return sweep((step) => this.#write(step))
  }

  async verify(params: In<'verify'>): Out<'verify'> {
    return this.#read((session) => verify(session, params))
  }

  async listQueues(params: In<'listQueues'>): Out<'listQueues'> {
    return this.#read((session) => listQueues(session, params))
  }

  async retry(params: In<'retry'>): Out<'retry'> {
    return this.#write((session) => retry(session, params))
  }

  async health(params: In<'health'>): Out<'health'> {
    return this.#read((session) => health(session, params))
  }

  async shutdown(): Promise<void> {
    const { db, reader } = this.#session
    db.guard(() => {
      if (reader !== db) reader.close()
      db.close()
    })
  }

  // What a step ends is kept for delivery by the step itself, whichever it is.
  #write<T>(step: (session: Session) => T, durability?: Durability): T | Promise<T> {
    const session = this.#session
    const whole = (): T => {
      session.ended.clear()
      const value = step(session)
      keepForDelivery(session)
      return value
    }
    return this.#turns.after(write(session, whole, durability))
  }

  #read<T>(step: (session: Session) => T): T | Promise<T> {
    return this.#turns.after(this.#session.db.guard(() => step(this.#session)))
  }
}
