import type { AttemptLife, EpochMs, NanoUsd, Request, RequestLife } from '@halfrate/core'
import { usdShort } from '@halfrate/core/money'
import { type AttemptPolicy, attemptPolicyOf } from '@halfrate/core/results'
import { type BatchFacts, batchWords, reasonText, stateAndHint } from './batch-words.js'
import { type BudgetWait, capText } from './budget-text.js'
import { isCall, routeWords } from './call-words.js'
import { commandText } from './command-text.js'
import { flow } from './flow.js'
import { type Line, type Span, span } from './line.js'
import { countOf } from './number-text.js'
import { keyCommand } from './outcome-screen.js'
import { primerLifeText, type RequestPrimer } from './primer-text.js'
import { instantInFull, instantText } from './time-text.js'

/** What is known of one request, for its life in lines. */
export interface LifeFacts {
  readonly life: RequestLife
  /** Requests under the same key that it took the place of, newest first; those that were looked up. */
  readonly older: readonly RequestLife[]
  /** The job or the queue that it is in, as text and as a flag: `job claims`, ` --job claims`. */
  readonly where: { readonly text: string; readonly flag: string }
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  readonly now: EpochMs
  /** Why nothing is sent at the moment; null when nothing holds it back. */
  readonly heldBack: string | null
  /** The cap of its job, and whether it waits for that; null without one, and when it is done. */
  readonly budget: BudgetWait | null
  /** What went first of its job, or goes, to write what it shares to the cache; null for nothing. */
  readonly primer: RequestPrimer | null
  /** For a batch whose answer was lost: from when its rows may be sent again. */
  readonly resendNotBeforeAt: (attempt: AttemptLife) => EpochMs | null
}

interface Moment {
  readonly at: EpochMs
  readonly text: string
}

/** The life of one request: what happened, oldest first; then what is next and when, what it cost, and what could help. */
export function requestLifeScreen(
  facts: LifeFacts,
  room: { readonly width: number; readonly timeZone?: string | undefined },
): readonly Line[] {
  const { request } = facts.life
  const head = flow([[span(request.key, 'bold')], [statusSpan(request)], [span(request.model)]], {
    width: room.width,
  })
  // A moment may be known only later than it was, and then several have one instant; their order is that of life.
  const moments = [...momentsOf(facts)].sort((left, right) => left.at - right.at)
  const lines = moments.flatMap((moment) =>
    flow([[span(instantInFull(moment.at, room.timeZone), 'dim'), span(`  ${moment.text}`)]], {
      width: room.width,
      hang: 22,
    }),
  )
  const primer = primerLifeText(facts.primer, facts.now, room.timeZone)
  const end = [
    nextText(facts, room.timeZone),
    ...(primer === null ? [] : [[span(primer)]]),
    costText(facts.life),
    helpText(facts),
  ]
  return [...head, ...lines, ...end.flatMap((cell) => flow([cell], { width: room.width, hang: 8 }))]
}

function statusSpan(request: Request): Span {
  if (request.state !== 'done')
    return span(
      request.state === 'waiting' ? 'waiting' : isCall(request) ? 'under way' : 'in a batch',
      'cyan',
    )
  const { verdict } = request
  if (verdict === null || verdict.status === 'succeeded') return span('answered', 'green')
  if (verdict.status === 'canceled') return span('canceled', 'dim')
  return span(`failed: ${reasonText(verdict.reason)}`, 'red')
}

function momentsOf(facts: LifeFacts): readonly Moment[] {
  const { request, attempts, replaced } = facts.life
  const row = request.row === null ? '' : ` as row ${request.row}`
  const moments: Moment[] = [
    {
      at: request.createdAt,
      text: `taken into ${facts.where.text}${row}, ${routeWords(request)}`,
    },
  ]
  if (replaced.length > 0) {
    const text = `it took the place of ${countOf(replaced.length, 'older request')} under the same key`
    moments.push({ at: request.createdAt, text })
  }
  for (const older of facts.older) moments.push(olderMoment(older))
  for (const life of attempts) moments.push(...attemptMoments(life, facts.life))
  if (request.cancelRequestedAt !== null) {
    moments.push({ at: request.cancelRequestedAt, text: 'cancel was asked for' })
  }
  if (request.doneAt !== null) moments.push({ at: request.doneAt, text: doneText(request) })
  return moments
}

function olderMoment(life: RequestLife): Moment {
  const { request } = life
  const how = request.state === 'done' ? doneText(request).replace('done: ', '') : 'not done yet'
  return { at: request.doneAt ?? request.createdAt, text: `before it: ${how}, ${paidText(life)}` }
}

function attemptMoments(life: AttemptLife, all: RequestLife): readonly Moment[] {
  const { attempt, submission } = life
  const policy = attemptPolicyOf(life, all.attempts, all.changedBodies)
  const why = policy === null ? '' : ` (${policyWords(policy, all)})`
  const name = `attempt ${attempt.number}`
  const others = submission.requestCount - 1
  const company = others <= 0 ? 'of its own' : `with ${countOf(others, 'other row')}`
  const moments: Moment[] = []
  const add = (at: EpochMs | null, text: string): void => {
    if (at !== null) moments.push({ at, text: `${name}: ${text}` })
  }
  if (attempt.withdrawn) {
    add(attempt.releasedAt ?? submission.openedAt, 'taken out of a batch before it was sent')
    return moments
  }
  if (isCall(submission)) return callMoments(life, { name, why })
  add(submission.openedAt, `put into a batch ${company}${why}`)
  add(submission.sendStartedAt, 'the batch was sent')
  add(
    submission.remoteId === null ? null : submission.remoteCreatedAt,
    `Claude has it as ${submission.remoteId}`,
  )
  add(submission.verdictAt, verdictText(submission))
  add(submission.remoteEndedAt, 'the batch ended')
  if (attempt.outcome !== null) add(attempt.settledAt, outcomeText(attempt))
  const isOpen = attempt.outcome === null && submission.state === 'dissolved'
  if (isOpen) add(attempt.releasedAt, 'the batch was taken apart before it was sent')
  if (attempt.possiblyPaid) add(attempt.releasedAt, 'it can’t be known whether it was paid')
  return moments
}

// There is one other model at most, and then it is what the request asks.
function policyWords(policy: AttemptPolicy, { request }: RequestLife): string {
  return policy === 'refused_other_model'
    ? `refused, asked of ${request.model} once`
    : reasonText(policy)
}

function callMoments(
  { attempt, submission }: AttemptLife,
  { name, why }: { readonly name: string; readonly why: string },
): readonly Moment[] {
  const moments: Moment[] = []
  const add = (at: EpochMs | null, text: string): void => {
    if (at !== null) moments.push({ at, text: `${name}: ${text}` })
  }
  add(submission.sendStartedAt ?? submission.openedAt, `asked in real time${why}`)
  if (submission.state === 'rejected') add(submission.verdictAt, 'the call was refused')
  if (submission.state === 'lost') add(submission.verdictAt, 'no answer came in time')
  if (attempt.outcome !== null) add(attempt.settledAt, outcomeText(attempt))
  if (attempt.possiblyPaid) add(attempt.releasedAt, 'it can’t be known whether it was paid')
  return moments
}

function verdictText({ state, search }: AttemptLife['submission']): string {
  if (state === 'rejected') return 'the batch was refused'
  const decided = search.decision === undefined ? '' : `, and somebody decided: ${search.decision}`
  return `the batch was given up: its answer was lost and it was not found at Claude${decided}`
}

function outcomeText(attempt: AttemptLife['attempt']): string {
  if (attempt.outcome === 'succeeded') {
    const what =
      attempt.usability === 'usable'
        ? 'answered'
        : `answered, but ${reasonText(attempt.usability ?? '')}`
    return `${what}, ${priceText(attempt.costNano)}${attempt.waste ? ' (paid beyond the first answer)' : ''}`
  }
  const why = attempt.errorType === null ? '' : ` (${reasonText(attempt.errorType)})`
  return `${attempt.outcome}${why}, not billed`
}

function doneText(request: Request): string {
  const { verdict } = request
  if (verdict === null) return 'done'
  const detail = verdict.detail === null ? '' : ` (${verdict.detail})`
  return verdict.status === 'succeeded'
    ? 'done: answered'
    : `done: ${reasonText(verdict.reason)}${detail}`
}

function nextText(facts: LifeFacts, timeZone: string | undefined): Line {
  return [span('next   ', 'dim'), span(nextWords(facts, timeZone))]
}

function nextWords(facts: LifeFacts, timeZone: string | undefined): string {
  const { request } = facts.life
  if (request.state === 'done') return 'nothing: it is final'
  if (request.state === 'waiting') return waitingWords(facts, timeZone)
  const live = liveAttempt(facts.life)
  if (live === undefined)
    return isCall(request) ? 'its call is being closed' : 'its batch is being closed'
  const batch: BatchFacts = {
    number: 0,
    submission: live.submission,
    resendNotBeforeAt: facts.resendNotBeforeAt(live),
    storeFlag: facts.storeFlag,
    unanswered: {},
    retried: 0,
  }
  const words = batchWords(batch, facts.now, timeZone)
  const { state } = live.submission
  const isUnsent = state === 'filling' || state === 'sealed'
  return isUnsent && facts.heldBack !== null ? `held back: ${facts.heldBack}` : stateAndHint(words)
}

/** The attempt that a request is in a batch with now; undefined when there is none. */
export function liveAttempt({ attempts }: RequestLife): AttemptLife | undefined {
  return attempts.findLast(({ attempt }) => attempt.releasedAt === null && !attempt.withdrawn)
}

function waitingWords(facts: LifeFacts, timeZone: string | undefined): string {
  const { request } = facts.life
  if (facts.heldBack !== null) return `held back: ${facts.heldBack}`
  if (request.notBefore > facts.now) {
    return `tried again from ${instantText(request.notBefore, facts.now, timeZone)}`
  }
  if (facts.budget?.isWaiting === true) {
    return `waits for the budget of its job: ${facts.budget.text} (${capText(facts.budget)})`
  }
  return isCall(request) ? 'it is asked next' : 'it goes into the next batch'
}

function costText(life: RequestLife): Line {
  return [span('cost   ', 'dim'), span(paidText(life))]
}

function paidText(life: RequestLife): string {
  const sent = life.attempts.filter(({ attempt }) => !attempt.withdrawn)
  if (sent.length === 0) return 'nothing was sent'
  const open = countWhere(sent, (each) => each.outcome === null && each.releasedAt === null)
  const isAllOpen = open === sent.length
  const unknown = countWhere(sent, (each) => each.outcome === 'succeeded' && each.costNano === null)
  const doubtful = countWhere(sent, ({ possiblyPaid }) => possiblyPaid)
  const parts = isAllOpen ? [] : [billText(sent, sent.length - open)]
  if (unknown > 0) parts.push(`${countOf(unknown, 'answer')} of unknown price`)
  if (doubtful > 0) parts.push(`${countOf(doubtful, 'attempt')} possibly paid`)
  if (open > 0) parts.push(`not known yet for ${countOf(open, 'attempt')}`)
  return parts.join('; ')
}

function billText(sent: readonly AttemptLife[], settled: number): string {
  const priced = sent.map(({ attempt }) => attempt).filter(({ costNano }) => costNano !== null)
  const paid = sum(priced.map(({ costNano }) => costNano))
  const realtime = sum(priced.map(({ realtimeNano }) => realtimeNano))
  return `${usdShort(paid)} for ${countOf(settled, 'attempt')}; ${usdShort(realtime)} in real time`
}

function countWhere(
  lives: readonly AttemptLife[],
  holds: (attempt: AttemptLife['attempt']) => boolean,
): number {
  return lives.filter(({ attempt }) => holds(attempt)).length
}

function helpText(facts: LifeFacts): Line {
  return [span('could help   ', 'dim'), span(helpWords(facts), 'bold')]
}

function helpWords(facts: LifeFacts): string {
  const { now, heldBack, storeFlag } = facts
  const { request } = facts.life
  const { flag } = facts.where
  const { key } = request
  if (request.state !== 'done') {
    if (facts.budget?.isWaiting === true) {
      return commandText(`run FILE -o OUT${flag} --max-cost USD`, storeFlag)
    }
    const isLate = heldBack !== null || request.notBefore > now
    return commandText(isLate ? 'status' : 'work', storeFlag)
  }
  switch (request.verdict?.reason) {
    case undefined:
    case 'usable':
      return commandText(`results${flag}`, storeFlag)
    case 'cut_off':
      return keyCommand('retry', key, `${flag} --max-tokens ${2 * request.maxTokens}${storeFlag}`)
    case 'errored':
    case 'rejected':
    case 'refused':
    case 'empty':
    case 'output_invalid':
      return facts.life.request.jobId === null
        ? `change its line and its key, then ${commandText(`enqueue FILE${flag}`, storeFlag)}`
        : `change its line, then ${commandText(`run FILE -o OUT${flag} --changed`, storeFlag)}`
    // What comes in again mends the copy in the store only while the row stands failed for it.
    case 'file_damaged':
      return `put it in again with its file, then ${keyCommand('retry', key, `${flag}${storeFlag}`)}`
    default:
      return keyCommand('retry', key, `${flag}${storeFlag}`)
  }
}

function priceText(cost: NanoUsd | null): string {
  return cost === null ? 'price unknown' : usdShort(cost)
}

function sum(values: readonly (NanoUsd | null)[]): NanoUsd {
  return values.reduce((total: number, value) => total + (value ?? 0), 0) as NanoUsd
}
