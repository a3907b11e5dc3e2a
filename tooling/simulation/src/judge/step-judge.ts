import {
  type ClaimParams,
  type ClaimResult,
  type CreateParams,
  DEFAULT_ACCOUNT,
  type DeliveryPage,
  type EngineSettings,
  type Evidence,
  type EvidenceResult,
  type Fence,
  type Nonce,
  type ReleaseResult,
  type Store,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import type { StoreWatcher } from '../store/sim-store.js'
import { isWrite, type StoreCall } from '../store/store-call.js'
import { AskWatch } from './ask-watch.js'
import type { Acknowledged, EventWatch } from './event-watch.js'
import type { IntakeWatch } from './intake-watch.js'
import { LeaseWatch } from './lease-watch.js'
import type { LedgerWatch } from './ledger-watch.js'
import { NonceWatch } from './nonce-watch.js'
import { SubmissionWatch } from './submission-watch.js'
import type { Violations } from './violation.js'
import { isWhole } from './whole-counts.js'

/** What the judge of single steps works with. */
export interface StepJudgeOptions {
  /** The store itself, without what goes wrong on the way to it. */
  readonly store: Store
  readonly settings: EngineSettings
  readonly violations: Violations
  readonly intake: IntakeWatch
  readonly ledger: LedgerWatch
  readonly events: EventWatch
  /** Virtual time. */
  readonly now: () => number
  /** Looks at the store as a whole; asked after every so-manyeth call that can write. */
  readonly onWrites: () => Promise<void>
  readonly verifyEvery: number
  /** Whether a person is asked about lost answers. */
  readonly isAsked: boolean
}

/** How far a create call is. A canary's last check is told apart. */
export type SendMoment = 'first_byte' | 'last_check' | 'last_check_of_canary'

type Sent = Pick<CreateParams, 'nonce' | 'requestCount'>

interface SubmissionParams {
  readonly submissionId: SubmissionId
  readonly state?: string
}

// Giving a lease back with an old epoch does nothing, and is no write.
const FENCED_READS: ReadonlySet<StoreCall> = new Set(['release'])

/**
 * Looks at every store call and every send as it happens. Much that it finds would heal by itself before anybody was
 * harmed, which is why it is asserted here and not left to the end.
 */
export class StepJudge implements StoreWatcher {
  readonly submissions: SubmissionWatch
  readonly leases: LeaseWatch
  readonly #asks: AskWatch
  readonly #options: StepJudgeOptions
  readonly #nonces: NonceWatch
  readonly #awaited = new Map<Nonce, string>()
  #countsBefore = { live: 0, succeeded: 0 }
  #isProven = true
  #standing: string | null = null
  #writes = 0
  #changes = 0

  constructor(options: StepJudgeOptions) {
    this.#options = options
    this.submissions = new SubmissionWatch(options.violations)
    this.leases = new LeaseWatch(options.violations)
    this.#asks = new AskWatch(options.isAsked, options.violations)
    this.#nonces = new NonceWatch(options.violations)
  }

  /** The store itself. */
  get store(): Store {
    return this.#options.store
  }

  /** Rises with every call that may have ended a request or a submission. */
  get changes(): number {
    return this.#changes
  }

  before(call: StoreCall, params: unknown): Promise<void> | undefined {
    if (call === 'settle') return this.#beforeSettle(params as SubmissionParams)
    if (call === 'releaseMembers') return this.#beforeRelease(params as SubmissionParams)
    if (call === 'recordEvidence') return this.#beforeEvidence(params as EvidenceParams)
    return undefined
  }

  #beforeEvidence({ nonce, evidence }: EvidenceParams): Promise<void> | undefined {
    if (evidence.type !== 'decided') return undefined
    return this.#rowOf(nonce).then((row) => this.#asks.before(row))
  }

  async #beforeSettle(params: SubmissionParams): Promise<void> {
    this.#countsBefore = await this.#countsOf(params)
  }

  async #beforeRelease(params: SubmissionParams): Promise<void> {
    const { submissionId } = params
    this.#standing = (await this.#options.store.getSubmission({ submissionId }))?.state ?? null
    this.#isProven = await this.#isProvenFor(params)
  }

  // Most calls need no further look at the store, and are done with without a promise.
  after(call: StoreCall, params: unknown, answer: unknown): Promise<void> | undefined {
    const looking = this.#see(call, params, answer)
    if (!isWrite(call)) return looking
    this.#writes += 1
    const { verifyEvery, onWrites } = this.#options
    if (this.#writes % verifyEvery !== 0) return looking
    return looking === undefined ? onWrites() : looking.then(onWrites)
  }

  #see(call: StoreCall, params: unknown, answer: unknown): Promise<void> | undefined {
    const fence = (params as { readonly fence?: Fence } | undefined)?.fence
    if (fence !== undefined && !FENCED_READS.has(call)) this.leases.wrote(call, fence)
    if (call === 'recordEvidence') this.#seeWord(params as EvidenceParams, answer as EvidenceResult)
    this.#seeSubmissions(answer)
    switch (call) {
      case 'claim':
        this.#beginsRound(params as ClaimParams)
        this.leases.claimed(answer as ClaimResult)
        break
      case 'putRequests':
      case 'commitJob':
      case 'discardPart':
        this.#options.intake.after(call, params, answer)
        break
      case 'cancel':
        this.#changes += 1
        this.#options.intake.after(call, params, answer)
        break
      case 'readDelivery':
        this.#options.events.read(answer as DeliveryPage | null)
        break
      case 'ackDelivery':
        this.#options.events.acknowledged(params as Acknowledged)
        break
      case 'recordEvidence':
        return this.#afterEvidence(params as EvidenceParams, answer as EvidenceResult)
      case 'recordScan':
        this.#afterScan(params as ScanParams, answer as Submission)
        break
      case 'settle':
        return this.#afterSettle(params as SubmissionParams)
      case 'releaseMembers':
        this.#afterRelease(params as SubmissionParams, answer as ReleaseResult)
        break
      case 'putSetting':
        // A job that stands still at its cap is all that can be.
        if ((params as { readonly name: string }).name.startsWith('budget:')) this.#changes += 1
        break
      case 'closeSubmission':
      case 'dissolve':
      case 'sweep':
        this.#changes += 1
    }
    return undefined
  }

  // In a list, alone, or as a part of the answer.
  #seeSubmissions(answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return
    if (Array.isArray(answer)) {
      for (const each of answer) if (isSubmission(each)) this.#seeSubmission(each)
      return
    }
    const inner: unknown = (answer as { readonly submission?: unknown }).submission
    if (isSubmission(answer)) this.#seeSubmission(answer)
    else if (isSubmission(inner)) this.#seeSubmission(inner)
  }

  #seeSubmission(submission: Submission): void {
    this.submissions.see(submission)
    this.#asks.see(submission)
  }

  /**
   * A create call begins, or it was asked for the last time whether it may go on, and may. I3, I4. A canary is no
   * submission, which only its whole body shows.
   */
  async onSend(moment: SendMoment, params: Sent): Promise<void> {
    if (moment === 'last_check_of_canary') return
    if (moment === 'last_check') return await this.#onLastCheck(params)
    const { nonce } = params
    this.#nonces.posted(nonce)
    const row = await this.#rowOf(nonce)
    if (row === null && (params.requestCount === 1 || this.submissions.wasOnItsWay(nonce))) return
    if (row?.sendStartedAt == null || row.requestCount !== params.requestCount) {
      this.#add('I4', `Nonce ${nonce} was posted while its submission was ${row?.state}.`)
    }
  }

  async #onLastCheck({ nonce }: Sent): Promise<void> {
    const row = await this.#rowOf(nonce)
    const now = this.#options.now()
    if (row === null) this.#add('I4', `Nonce ${nonce} was sent and is no submission's.`)
    if (row?.sendNotAfterAt == null || now <= row.sendNotAfterAt) return
    this.#add('I4', `Nonce ${nonce} was sent ${now - row.sendNotAfterAt} ms after its deadline.`)
  }

  async #rowOf(nonce: Nonce): Promise<Submission | null> {
    const submissionId = this.submissions.byNonce(nonce)?.id
    if (submissionId === undefined) return null
    return await this.#options.store.getSubmission({ submissionId })
  }

  /** An answer reached a process: what it says must be recorded, whatever became of the lease. */
  onAccepted({ nonce }: Sent, { type }: { readonly type: string }, processName: string): void {
    if (type === 'accepted') this.#awaited.set(nonce, processName)
  }

  // The steps of a round have all ended when the next one begins, and what they learned is written by then. A round
  // claims queues once, before anything else; submissions it claims also while steps are under way.
  #beginsRound({ work, workerId }: ClaimParams): void {
    if (work.type !== 'queues') return
    for (const [nonce, name] of this.#awaited) {
      if (name === workerId) this.#add('evidence', `${name} dropped a 200 for nonce ${nonce}.`)
    }
  }

  /** A backup was put back: what rows were does not bind what they are. Nonces that were posted still do. */
  restart(): void {
    this.submissions.restart()
    this.leases.restart()
    this.#asks.restart()
    this.#options.events.restart()
    this.#awaited.clear()
    this.#nonces.restart()
  }

  /** A process ended, and what it knew with it. */
  forget(processName: string): void {
    for (const [nonce, name] of this.#awaited) if (name === processName) this.#awaited.delete(nonce)
  }

  async #afterEvidence(params: EvidenceParams, result: EvidenceResult): Promise<void> {
    const { evidence, nonce } = params
    if (evidence.type !== 'accepted' && evidence.type !== 'found') return
    if (evidence.type === 'accepted') this.#awaited.delete(nonce)
    if (result.type === 'unknown_nonce') return
    const { id } = evidence.batch
    if (!this.#options.ledger.isOf(id, nonce)) {
      this.#add('adopted', `Batch ${id} was taken for nonce ${nonce} and does not bear it.`)
    }
    const known = await this.#options.store.knownBatches({
      account: DEFAULT_ACCOUNT,
      remoteIds: [id],
    })
    if (!known.ours.has(id)) this.#add('evidence', `Batch ${id} was recorded and is not known.`)
  }

  #seeWord({ evidence }: EvidenceParams, { type, submission }: EvidenceResult): void {
    if (evidence.type !== 'decided' || type !== 'applied' || submission === null) return
    this.#asks.decided(submission, evidence.decision)
    this.#givenUp(submission)
  }

  #afterScan({ lost }: ScanParams, submission: Submission): void {
    if (lost !== null && submission.state === 'lost') this.#givenUp(submission)
  }

  // Within the assumptions a batch that is there by now was there to be found.
  #givenUp({ id: submissionId, nonce }: Submission): void {
    const batchId = this.#options.ledger.batchOf(nonce)
    if (batchId === null) return
    const message = `Submission ${submissionId} was given up, and its batch ${batchId} is there.`
    this.#options.violations.addIfWithin('verdict', message)
  }

  // A line lets its own member go only if it is a success; every other outcome waits for the proof.
  async #afterSettle(params: SubmissionParams): Promise<void> {
    this.#changes += 1
    const { live, succeeded } = await this.#countsOf(params)
    const released = this.#countsBefore.live - live
    const successes = succeeded - this.#countsBefore.succeeded
    if (released <= successes) return
    this.#add('close', `Booking ${successes} successes released ${released} attempts.`)
  }

  #afterRelease(params: SubmissionParams, result: ReleaseResult): void {
    this.#changes += 1
    if (result.released === 0) return
    if (this.#standing !== params.state) {
      const { submissionId, state } = params
      this.#add(
        'release',
        `Members of ${submissionId} left it as ${state}; it is ${this.#standing}.`,
      )
    }
    if (params.state !== 'ended' || this.#isProven) return
    this.#add('close', `${result.released} members of ${params.submissionId} left without proof.`)
  }

  async #countsOf({
    submissionId,
  }: SubmissionParams): Promise<{ live: number; succeeded: number }> {
    const { live, outcomes } = await this.#options.store.countAttempts({ submissionId })
    return { live, succeeded: outcomes.succeeded }
  }

  // Every row that the provider counted is stored, or the file was tried as often as the design asks.
  async #isProvenFor({ submissionId, state }: SubmissionParams): Promise<boolean> {
    if (state !== 'ended') return true
    const { store, settings } = this.#options
    const submission = await store.getSubmission({ submissionId })
    const { outcomes } = await store.countAttempts({ submissionId })
    if (submission === null || isWhole(outcomes, submission.counts)) return true
    const { collecting, remoteArchivedAt, remoteCreatedAt } = submission
    const ageMs = this.#options.now() - (remoteCreatedAt ?? this.#options.now())
    if (remoteArchivedAt !== null || ageMs >= settings.resultsLifetimeMs) return true
    const { completeFetches, missingAnswers } = collecting
    return completeFetches >= settings.fetchesNeeded || missingAnswers >= settings.goneTries
  }

  #add(invariant: string, message: string): void {
    this.#options.violations.add(invariant, message)
  }
}

interface ScanParams {
  readonly submissionId: SubmissionId
  readonly lost: unknown
}

interface EvidenceParams {
  readonly nonce: Nonce
  readonly evidence: Evidence
}

function isSubmission(value: unknown): value is Submission {
  return typeof value === 'object' && value !== null && 'nonce' in value && 'upToId' in value
}
