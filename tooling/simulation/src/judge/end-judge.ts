import {
  type Attempt,
  type AttemptLife,
  DEFAULT_QUEUE_POLICY,
  laneOf,
  type ProjectId,
  type QueueName,
  type QueuePolicy,
  type Request,
  type RequestLife,
  type Verdict,
} from '@halfrate/core'
import { attemptPolicyOf } from '@halfrate/core/results'
import { isHedge } from '@halfrate/core/routing'
import type { BookedRequest } from '../provider/request-book.js'
import { expectedEnd, type FateRow, isCountable, isPermanent } from './expected-end.js'
import { FewJudge } from './few-judge.js'
import type { LateWatch } from './late-watch.js'
import type { RequestFates } from './request-fates.js'
import { routeFault } from './route-fault.js'
import type { SlotJudge } from './slot-judge.js'
import type { Violations } from './violation.js'

/** What ends of requests are judged by. */
export interface EndJudgeOptions {
  readonly fates: RequestFates
  /** By queue, project by project. */
  readonly policies: ReadonlyMap<ProjectId, ReadonlyMap<QueueName, Partial<QueuePolicy>>>
  /** The seed broke no published assumption. */
  readonly isWithin: boolean
  /** A backup was put back, so that the store knows less than the provider. */
  readonly isRestored: boolean
  /** Judges what goes by schedules; null where nothing does. */
  readonly slots: SlotJudge | null
  /** Who was told of what is late. */
  readonly late: LateWatch
  readonly violations: Violations
}

const FIRST_CAP = 600
// The answer, and what is wrong with it.
const SENT_BACK_TURNS = 2

// Ends that no row of the request is behind: each has a cause of its own, which is judged where it comes about.
const WITHOUT_A_ROW: ReadonlySet<string> = new Set(['possibly_paid', 'result_lost'])

/**
 * Judges how requests ended, by what the provider really did to them and never by the store's words: who had to succeed
 * did, and whoever failed had to.
 */
export class EndJudge {
  readonly #options: EndJudgeOptions
  readonly #few: FewJudge

  constructor(options: EndJudgeOptions) {
    this.#options = options
    this.#few = new FewJudge(options.violations)
  }

  /** Judges one request. */
  judge(booked: BookedRequest, life: RequestLife): void {
    const { request, attempts } = life
    this.#judgeCounts(booked, request)
    this.#judgePolicies(booked, life)
    const fault = routeFault(request, this.#policyOf(booked))
    if (fault !== null) this.#add(booked, fault)
    this.#few.see(request, this.#policyOf(booked))
    this.#options.slots?.see(life, this.#policyOf(booked))
    if (!this.#options.isRestored) this.#options.late.judge(life)
    const isHedged = attempts.some(({ submission }) => isHedge(submission))
    if (isHedged) {
      this.#judgeHedged(booked, life)
      return
    }
    this.#judgeCaps(booked)
    this.#judgeTurns(booked)
    this.#judgeModels(booked)
    const { verdict } = request
    if (request.state !== 'done' || verdict === null) return
    this.#judgeStory(booked, life, verdict)
    this.#judgeCause(booked, request, verdict)
    this.#judgeLateFailure(booked, life, verdict)
    if (verdict.status === 'succeeded') this.#judgeResult(booked, request, attempts)
    if (verdict.status === 'canceled' && !booked.isCanceled) {
      this.#add(booked, 'was canceled by nobody')
    }
  }

  /** Judges what only all requests together show, once each was judged. */
  judgeTogether(): void {
    this.#few.judge()
    this.#options.slots?.judge()
  }

  // It is asked twice at the same time, and what answers first, and how, decides. A usable answer always wins.
  #judgeHedged(booked: BookedRequest, { request, attempts }: RequestLife): void {
    const { rescue } = this.#policyOf(booked)
    if (rescue !== 'hedge') this.#add(booked, 'was hedged, which its queue does not allow')
    const isAnswered = attempts.some(({ attempt }) => attempt.usability === 'usable')
    if (request.state !== 'done' || !isAnswered || booked.isCanceled) return
    if (request.verdict?.status !== 'succeeded') {
      this.#add(booked, `has a usable answer and ended as ${request.verdict?.reason}`)
    }
  }

  // What is counted against a request is what its rows did, whatever else went wrong.
  #judgeCounts(booked: BookedRequest, { failureCount, expiryCount }: Request): void {
    const rows = this.#options.fates.rowsOf(booked.id)
    const failed = rows.filter((row) => this.#mayCount(row)).length
    const expired = rows.filter(({ outcome }) => outcome === 'expired').length
    if (failureCount > failed) {
      this.#add(booked, `has ${failureCount} failures counted and had ${failed}`)
    }
    if (expiryCount > expired) {
      this.#add(booked, `has ${expiryCount} expiries counted and had ${expired}`)
    }
  }

  // Further attempts happen only by a named policy.
  #judgePolicies(booked: BookedRequest, { attempts, changedBodies }: RequestLife): void {
    for (const life of attempts) {
      const { number } = life.attempt
      if (number === 1 || attemptPolicyOf(life, attempts, changedBodies) !== null) continue
      this.#add(booked, `has an attempt ${number} that no policy accounts for`)
    }
  }

  // A cap is raised after an answer that it cut off, and then it is. The answer of a call may never have come.
  #judgeCaps(booked: BookedRequest): void {
    const { isWithin, isRestored, fates } = this.#options
    if (!isWithin || isRestored) return
    const { raiseMaxTokensTo: raised } = this.#policyOf(booked)
    const rows = fates.rowsOf(booked.id)
    const first = rows.findIndex(isCutByCap)
    for (const [index, { maxTokens }] of rows.entries()) {
      const cap = first !== -1 && index > first ? raised : FIRST_CAP
      const before = rows.slice(0, index)
      const isUnsure = before.some((row) => row.isCall && isCutByCap(row))
      if (maxTokens === null || maxTokens === cap || isUnsure) continue
      this.#add(booked, `was sent with a cap of ${maxTokens} and not of ${cap}`)
    }
  }

  // Another model is asked after a refusal, and then it is.
  #judgeModels(booked: BookedRequest): void {
    const { isWithin, isRestored, fates } = this.#options
    if (!isWithin || isRestored) return
    const { askRefusedOf } = this.#policyOf(booked)
    const rows = fates.rowsOf(booked.id)
    const refused = rows.findIndex(({ usability }) => usability === 'refused')
    const own = rows.find(({ model }) => model !== null)?.model ?? null
    for (const [index, { model }] of rows.entries()) {
      const expected = refused !== -1 && index > refused ? askRefusedOf : own
      const before = rows.slice(0, index)
      const isUnsure = before.some(({ isCall, usability }) => isCall && usability === 'refused')
      if (model === null || model === expected || isUnsure) continue
      this.#add(booked, `was asked of ${model} and not of ${expected}`)
    }
  }

  // Each answer that paused is in the messages of what follows it, and so is the first of the wrong form, with what is wrong with it.
  #judgeTurns(booked: BookedRequest): void {
    const { isWithin, isRestored, fates } = this.#options
    if (!isWithin || isRestored) return
    const rows = fates.rowsOf(booked.id)
    for (const [index, { turns }] of rows.entries()) {
      const paused = rows.slice(0, index).filter(({ isPaused }) => isPaused)
      const sentBack = rows.slice(0, index).filter(isOfWrongForm)
      const expected = paused.length + 1 + (sentBack.length > 0 ? SENT_BACK_TURNS : 0)
      const isUnsure = [...paused, ...sentBack].some(({ isCall }) => isCall)
      if (turns === null || turns === expected || isUnsure) continue
      this.#add(booked, `was sent with ${turns} turns and not with ${expected}`)
    }
  }

  // Rows come one after the other, so what had to follow each of them is known.
  #judgeStory(booked: BookedRequest, life: RequestLife, verdict: Verdict): void {
    const { isWithin, isRestored } = this.#options
    if (!isWithin || isRestored) return
    const rows = this.#options.fates.rowsOf(booked.id)
    const { reasons, mayGoOn, mustHaveEndedBy } = expectedEnd({
      rows,
      policy: this.#policyOf(booked),
      createdAt: booked.createdAt,
      doneAt: life.request.doneAt ?? 0,
      isCanceled: booked.isCanceled,
    })
    if (mustHaveEndedBy !== null && !booked.isCanceled) {
      const { batchId } = mustHaveEndedBy
      this.#add(booked, `had to end by ${batchId} and was tried again: ${storyOf(rows)}`)
    }
    if (reasons.has(verdict.reason)) return
    if (verdict.status === 'canceled') return
    if (mayGoOn && rows.some((row) => isLateAnswer(row, verdict))) return
    const wasRefused =
      verdict.reason === 'rejected' && this.#options.fates.wasRefusedAlone(booked.id)
    const wasSaid = verdict.reason === 'possibly_paid' && life.attempts.some(isGivenUp)
    if ((mayGoOn || rows.length === 0) && (wasRefused || wasSaid)) return
    const expected = [...reasons].join(' or ') || 'another try'
    const name = `${verdict.status} (${verdict.reason})`
    this.#add(booked, `ended as ${name} and not as ${expected}: ${storyOf(rows)}`)
  }

  // Outside the assumptions rows may come in any order, or be lost unread; but nothing ends without a cause.
  #judgeCause(booked: BookedRequest, request: Request, verdict: Verdict): void {
    const { fates, isWithin } = this.#options
    const { reason, status } = verdict
    if (status === 'canceled' || (!isWithin && WITHOUT_A_ROW.has(reason))) return
    if (reason === 'possibly_paid') return
    if (this.#hasCause(booked, request, verdict)) return
    this.#add(
      booked,
      `ended as ${status} (${reason}) without a cause: ${storyOf(fates.rowsOf(booked.id))}`,
    )
  }

  #hasCause(
    booked: BookedRequest,
    { doneAt }: Request,
    { reason, detail, status }: Verdict,
  ): boolean {
    const { fates } = this.#options
    const rows = fates.rowsOf(booked.id)
    const { maxFailures, giveUpAfterMs, accept } = this.#policyOf(booked)
    const isOld = (doneAt ?? 0) - booked.createdAt >= giveUpAfterMs
    switch (reason) {
      case 'errored':
        return rows.some((row) => isPermanent(row) && row.errorType === detail)
      case 'gave_up': {
        const failed = rows.filter((row) => this.#mayCount(row)).length
        return failed >= maxFailures || (isOld && rows.some(({ outcome }) => outcome === 'errored'))
      }
      case 'expired':
        return isOld && rows.some(({ outcome }) => outcome === 'expired')
      case 'rejected':
        return fates.wasRefusedAlone(booked.id)
      case 'usable':
      case 'cut_off':
      case 'refused':
      case 'output_invalid':
      case 'empty': {
        const isAccepted = reason === 'usable' || accept.some((each) => each === reason)
        const isRight = isAccepted === (status === 'succeeded')
        return isRight && rows.some((row) => (row.usability ?? 'usable') === reason && isPaid(row))
      }
      default:
        return false
    }
  }

  #judgeLateFailure(
    booked: BookedRequest,
    { request, attempts }: RequestLife,
    verdict: Verdict,
  ): void {
    if (verdict.status !== 'failed') return
    const usable = attempts.find(
      ({ attempt }) => attempt.outcome === 'succeeded' && attempt.usability === 'usable',
    )
    if (usable === undefined || !isBefore(usable.attempt, request)) return
    this.#add(booked, `failed (${verdict.reason}) with a usable answer at hand`)
  }

  #judgeResult(booked: BookedRequest, { result }: Request, attempts: readonly AttemptLife[]): void {
    const answer = attempts.find(
      ({ attempt }) =>
        attempt.submissionId === result?.submissionId && attempt.ordinal === result.ordinal,
    )
    if (answer?.attempt.outcome !== 'succeeded') this.#add(booked, 'succeeded without a success')
  }

  #mayCount(row: FateRow): boolean {
    return isCountable(row) || this.#options.fates.wasContradicted(row)
  }

  #policyOf({ project, queue }: BookedRequest): QueuePolicy {
    return { ...DEFAULT_QUEUE_POLICY, ...this.#options.policies.get(project)?.get(queue) }
  }

  #add({ token, id }: BookedRequest, message: string): void {
    this.#options.violations.add('end', `${token} (${id}) ${message}.`)
  }
}

function isCutByCap({ usability, isPaused }: FateRow): boolean {
  return usability === 'cut_off' && !isPaused
}

function isOfWrongForm({ usability }: FateRow): boolean {
  return usability === 'output_invalid'
}

function isPaid({ outcome }: FateRow): boolean {
  return outcome === 'succeeded'
}

// By the word of the person who was asked, or a call in real time whose answer was lost.
function isGivenUp({ attempt, submission }: AttemptLife): boolean {
  const isCall = laneOf(submission.lane).route === 'realtime'
  // Or was, until its answer came late.
  const isDoubtful = attempt.possiblyPaid || submission.orphan
  return submission.search.decision === 'fail' || (isCall && isDoubtful)
}

function isBefore(attempt: Attempt, request: Request): boolean {
  return (attempt.settledAt ?? 0) < (request.doneAt ?? 0)
}

function storyOf(rows: readonly FateRow[]): string {
  const words = rows.map(({ outcome, errorType, usability }) => errorType ?? usability ?? outcome)
  return words.length === 0 ? 'it was in no batch' : words.join(', then ')
}

// A call whose answer was given up may have been repeated when that came after all, and ended its request.
function isLateAnswer({ isCall, outcome, usability }: FateRow, { reason }: Verdict): boolean {
  return isCall && outcome === 'succeeded' && reason === (usability ?? 'usable')
}
