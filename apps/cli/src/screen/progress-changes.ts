import type { EpochMs } from '@halfrate/core'
import { usdShort, usdText } from '@halfrate/core/money'
import { type BatchPhase, batchPhase } from './batch-phase.js'
import { type BatchFacts, batchWords, stateAndHint } from './batch-words.js'
import { type BudgetObject, budgetObject, capText } from './budget-text.js'
import { figuresOf, moneyOf } from './job-figures.js'
import { countOf, countText, percentText } from './number-text.js'
import type { ProgressFacts } from './progress-screen.js'

/** One change of a running job, for programs. Money is decimal text in dollars. */
export type ProgressObject =
  | {
      readonly type: 'batch'
      readonly at: string
      readonly number: number
      readonly requests: number
      readonly state: BatchPhase
      readonly batch_id: string | null
      readonly expires_at: string | null
      readonly not_sent_again_before: string | null
      readonly message: string
    }
  | {
      readonly type: 'progress'
      readonly at: string
      readonly total: number
      readonly answered: number
      readonly failed: number
      readonly at_claude: number
      readonly answer_lost: number
      readonly waiting: number
      readonly paid_usd: string
      readonly saved_usd: string
    }
  | { readonly type: 'held_back'; readonly at: string; readonly message: string | null }
  | ({ readonly type: 'budget'; readonly at: string } & BudgetObject)
  | { readonly type: 'other_worker'; readonly at: string; readonly worker: string | null }

// What lasts a moment is no news for a log.
const SILENT: ReadonlySet<BatchPhase> = new Set(['waiting', 'sending', 'fetching'])

/** What changed between two looks at a job, one line each, for a log. Everything that is known when there was no look before. */
export function changeLines(
  before: ProgressFacts | null,
  after: ProgressFacts,
  timeZone?: string,
): readonly string[] {
  const lines: string[] = []
  for (const batch of changedBatches(before, after)) {
    if (!SILENT.has(phaseOf(batch))) lines.push(batchLine(batch, after.now, timeZone))
  }
  if (after.heldBack !== null && after.heldBack !== before?.heldBack) {
    lines.push(`held back: ${after.heldBack}`)
  }
  if (after.otherWorker !== null && after.otherWorker !== before?.otherWorker) {
    lines.push(`another worker (${after.otherWorker}) does the work; waiting for it`)
  }
  if (hasProgressed(before, after)) lines.push(progressLine(after))
  return lines
}

/** The same as objects. */
export function changeObjects(
  before: ProgressFacts | null,
  after: ProgressFacts,
  timeZone?: string,
): readonly ProgressObject[] {
  const at = new Date(after.now).toISOString()
  const objects: ProgressObject[] = changedBatches(before, after).map((batch) =>
    batchObject(batch, after.now, timeZone),
  )
  if (after.heldBack !== (before?.heldBack ?? null)) {
    objects.push({ type: 'held_back', at, message: after.heldBack })
  }
  if (after.otherWorker !== (before?.otherWorker ?? null)) {
    objects.push({ type: 'other_worker', at, worker: after.otherWorker })
  }
  if (hasProgressed(before, after)) {
    objects.push(progressObject(after, at))
    const budget = budgetObject(after.budget)
    if (budget !== null) objects.push({ type: 'budget', at, ...budget })
  }
  return objects
}

function changedBatches(before: ProgressFacts | null, after: ProgressFacts): readonly BatchFacts[] {
  const known = new Map(before?.batches.map((batch) => [batch.submission.id, phaseOf(batch)]))
  return after.batches.filter((batch) => known.get(batch.submission.id) !== phaseOf(batch))
}

function phaseOf(batch: BatchFacts): BatchPhase {
  return batchPhase(batch.submission.state)
}

function hasProgressed(before: ProgressFacts | null, after: ProgressFacts): boolean {
  if (before === null) return true
  const was = figuresOf(before.report.counts)
  const is = figuresOf(after.report.counts)
  return was.answered !== is.answered || was.failed !== is.failed || was.total !== is.total
}

function batchLine(batch: BatchFacts, now: EpochMs, timeZone: string | undefined): string {
  const lead = `batch ${batch.number}, ${countOf(batch.submission.requestCount, 'row')}: `
  const words = batchWords(batch, now, timeZone)
  // A line of a log stays; how long it has been there does not.
  const state = phaseOf(batch) === 'at_claude' ? 'at Claude' : words.state
  return `${lead}${stateAndHint({ ...words, state })}`
}

function progressLine(facts: ProgressFacts): string {
  const figures = figuresOf(facts.report.counts)
  const money = moneyOf(facts.report.money)
  const parts = [
    `answered ${countText(figures.answered)} of ${countText(figures.total)} (${percentText(figures.answered, figures.total)})`,
    `at Claude ${countText(figures.atClaude)}`,
    ...(figures.answerLost > 0 ? [`answer lost ${countText(figures.answerLost)}`] : []),
    `waiting ${countText(figures.waiting)}`,
    ...(figures.failed > 0 ? [`failed ${countText(figures.failed)}`] : []),
    `paid ${usdShort(money.paid)}`,
    `saved ${usdShort(money.saved)}`,
    ...(facts.budget === null ? [] : [capText(facts.budget)]),
  ]
  return parts.join('    ')
}

function batchObject(
  batch: BatchFacts,
  now: EpochMs,
  timeZone: string | undefined,
): ProgressObject {
  const { submission } = batch
  const words = batchWords(batch, now, timeZone)
  return {
    type: 'batch',
    at: new Date(now).toISOString(),
    number: batch.number,
    requests: submission.requestCount,
    state: phaseOf(batch),
    batch_id: submission.remoteId,
    expires_at: isoText(submission.remoteExpiresAt),
    not_sent_again_before: isoText(batch.resendNotBeforeAt),
    message: stateAndHint(words),
  }
}

function progressObject(facts: ProgressFacts, at: string): ProgressObject {
  const figures = figuresOf(facts.report.counts)
  const money = moneyOf(facts.report.money)
  return {
    type: 'progress',
    at,
    total: figures.total,
    answered: figures.answered,
    failed: figures.failed,
    at_claude: figures.atClaude,
    answer_lost: figures.answerLost,
    waiting: figures.waiting,
    paid_usd: usdText(money.paid),
    saved_usd: usdText(money.saved),
  }
}

function isoText(at: EpochMs | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
