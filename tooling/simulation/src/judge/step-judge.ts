import {
  type ClaimResult,
  type CreateParams,
  type CreateResult,
  DEFAULT_ACCOUNT,
  type EngineSettings,
  type Evidence,
  type EvidenceResult,
  type Fence,
  type Nonce,
  type OutcomeCounts,
  type ReleaseResult,
  type Store,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import type { StoreCall, StoreWatcher } from '../store/sim-store.js'
import type { IntakeWatch } from './intake-watch.js'
import { LeaseWatch } from './lease-watch.js'
import { SubmissionWatch } from './submission-watch.js'
import type { Violations } from './violation.js'

/** What the judge of single steps works with. */
export interface StepJudgeOptions {
  /** The store itself, without what goes wrong on the way to it. */
  readonly store: Store
  readonly settings: EngineSettings
  readonly violations: Violations
  readonly intake: IntakeWatch
}

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
  readonly #options: StepJudgeOptions
  readonly #posted = new Set<Nonce>()
  readonly #awaited = new Map<Nonce, string>()
  #countsBefore = { live: 0, succeeded: 0 }
  #isProven = true
  #changes = 0

  constructor(options: StepJudgeOptions) {
    this.#options = options
    this.submissions = new SubmissionWatch(options.violations)
    this.leases = new LeaseWatch(options.violations)
  }

  /** Rises with every call that may have ended a request or a submission. */
  get changes(): number {
    return this.#changes
  }

  async before(call: StoreCall, params: unknown): Promise<void> {
    if (call === 'settle') this.#countsBefore = await this.#countsOf(params as SubmissionParams)
    if (call === 'releaseMembers')
      this.#isProven = await this.#isProvenFor(params as SubmissionParams)
  }

  async after(call: StoreCall, params: unknown, answer: unknown): Promise<void> {
    const fence = (params as { readonly fence?: Fence } | undefined)?.fence
    if (fence !== undefined && !FENCED_READS.has(call)) this.leases.wrote(call, fence)
    for (const submission of submissionsIn(answer)) this.submissions.see(submission)
    switch (call) {
      case 'claim':
        return this.leases.claimed(answer as ClaimResult)
      case 'putRequests':
      case 'commitJob':
      case 'discardPart':
        return this.#options.intake.after(call, params, answer)
      case 'cancel':
        this.#changes += 1
        return this.#options.intake.after(call, params, answer)
      case 'recordEvidence':
        return await this.#afterEvidence(params as EvidenceParams, answer as EvidenceResult)
      case 'settle':
        return await this.#afterSettle(params as SubmissionParams)
      case 'releaseMembers':
        return this.#afterRelease(params as SubmissionParams, answer as ReleaseResult)
      case 'closeSubmission':
      case 'dissolve':
      case 'sweep':
        this.#changes += 1
    }
  }

  /** A create call begins, or its last byte leaves. I3, I4. */
  async onSend(moment: 'first_byte' | 'last_byte', params: CreateParams): Promise<void> {
    const { nonce } = params
    if (moment === 'last_byte') return
    if (this.#posted.has(nonce)) this.#add('I3', `Nonce ${nonce} was posted twice.`)
    this.#posted.add(nonce)
    const seen = this.submissions.byNonce(nonce)
    const submissionId = seen?.id
    const row =
      submissionId === undefined ? null : await this.#options.store.getSubmission({ submissionId })
    if (row?.sendStartedAt == null || row.requestCount !== params.requestCount) {
      this.#add('I4', `Nonce ${nonce} was posted while its submission was ${row?.state}.`)
    }
  }

  /** An answer reached a process: what it says must be recorded, whatever became of the lease. */
  onAccepted(params: CreateParams, result: CreateResult, processName: string): void {
    if (result.type === 'accepted') this.#awaited.set(params.nonce, processName)
  }

  /** A process ended, and what it knew with it. */
  forget(processName: string): void {
    for (const [nonce, name] of this.#awaited) if (name === processName) this.#awaited.delete(nonce)
  }

  /** Answers of 200 that a living process got and nobody recorded. */
  checkRecorded(): void {
    for (const [nonce, name] of this.#awaited) {
      this.#add('evidence', `${name} dropped a 200 for nonce ${nonce}.`)
    }
  }

  async #afterEvidence(params: EvidenceParams, result: EvidenceResult): Promise<void> {
    const { evidence, nonce } = params
    if (evidence.type !== 'accepted' && evidence.type !== 'found') return
    if (evidence.type === 'accepted') this.#awaited.delete(nonce)
    if (result.type === 'unknown_nonce') return
    const { id } = evidence.batch
    const known = await this.#options.store.knownBatches({
      account: DEFAULT_ACCOUNT,
      remoteIds: [id],
    })
    if (!known.ours.has(id)) this.#add('evidence', `Batch ${id} was recorded and is not known.`)
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
    if (result.released === 0 || params.state !== 'ended' || this.#isProven) return
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
    if (submission === null || isSame(outcomes, submission.counts)) return true
    const { completeFetches, missingAnswers } = submission.collecting
    return completeFetches >= settings.fetchesNeeded || missingAnswers >= settings.goneTries
  }

  #add(invariant: string, message: string): void {
    this.#options.violations.add(invariant, message)
  }
}

interface EvidenceParams {
  readonly nonce: Nonce
  readonly evidence: Evidence
}

function isSame(stored: OutcomeCounts, counts: OutcomeCounts | null): boolean {
  return (
    counts !== null &&
    stored.succeeded === counts.succeeded &&
    stored.errored === counts.errored &&
    stored.canceled === counts.canceled &&
    stored.expired === counts.expired
  )
}

function submissionsIn(answer: unknown): readonly Submission[] {
  if (typeof answer !== 'object' || answer === null) return []
  if (Array.isArray(answer)) return answer.filter(isSubmission)
  if (isSubmission(answer)) return [answer]
  const inner: unknown = (answer as { readonly submission?: unknown }).submission
  return isSubmission(inner) ? [inner] : []
}

function isSubmission(value: unknown): value is Submission {
  return typeof value === 'object' && value !== null && 'nonce' in value && 'upToId' in value
}
