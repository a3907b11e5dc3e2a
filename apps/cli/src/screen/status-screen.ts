import type { EpochMs, Report } from '@halfrate/core'
import type { EstimatedRows } from '@halfrate/core/money'
import type { CanaryReport, PrimerReport } from '@halfrate/runtime'
import { type BatchFacts, batchWords } from './batch-words.js'
import { type BudgetFacts, capText, stopText } from './budget-text.js'
import { isCall } from './call-words.js'
import { canaryText } from './canary-text.js'
import { commandText } from './command-text.js'
import { paidText } from './event-text.js'
import { flow } from './flow.js'
import { figuresOf } from './job-figures.js'
import { type Line, span } from './line.js'
import { countOf, countText } from './number-text.js'
import { shellWord } from './outcome-screen.js'
import { primerText } from './primer-text.js'
import { unknownMoney } from './progress-screen.js'
import { type QueueWait, queueWaitLines } from './queue-wait-lines.js'
import { durationText, instantText } from './time-text.js'
import { type UnpricedFacts, unpricedText } from './unpriced-text.js'

/** A job and how it stands. */
export interface JobStatus {
  readonly name: string
  readonly report: Report
  /** Its cap; null for none. */
  readonly budget: BudgetFacts | null
  /** What its rows were estimated at; left out or null when some of them never were. */
  readonly estimate?: EstimatedRows | null
  /** The canary that its rest waits for; left out or null where it waits for none. */
  readonly canary?: CanaryReport | null
  /** What goes first of it, or went, to write the cache; left out or null for nothing. */
  readonly primer?: PrimerReport | null
}

/** What is known of a whole store. */
export interface StatusFacts {
  readonly now: EpochMs
  readonly store: string
  /** Queues in which requests wait that could be sent. */
  readonly queues: readonly QueueWait[]
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  readonly jobs: readonly JobStatus[]
  readonly all: Report
  /** Batches that are not over. */
  readonly batches: readonly BatchFacts[]
  /** When a worker last worked; null for never. */
  readonly workedAt: EpochMs | null
  readonly heldBack: string | null
  /** Batches that a recovery could not read. */
  readonly setAside: number
  /** Answers without a cost; left out or null for none. */
  readonly unpriced?: UnpricedFacts | null
}

/** A store at a glance: what holds it back, its jobs, its open batches, its money, and what is due next. */
export function statusScreen(
  facts: StatusFacts,
  room: { readonly width: number; readonly timeZone?: string | undefined },
): readonly Line[] {
  const { width } = room
  const lines = [...flow([[span('store '), span(facts.store, 'bold')]], { width, hang: 7 })]
  if (facts.heldBack !== null) {
    lines.push(...flow([[span(`held back: ${facts.heldBack}`, 'yellow')]], { width }))
  }
  if (facts.setAside > 0) {
    const text = `${countOf(facts.setAside, 'batch', 'batches')} of before a restore could not be read; tried again every day`
    lines.push(...flow([[span(text, 'yellow')]], { width }))
  }
  lines.push(...flow([[span(workerText(facts))]], { width }))
  for (const job of facts.jobs) lines.push(...jobLines(job, width, facts.storeFlag))
  if (facts.jobs.length !== 1) lines.push(...reportLines('all', facts.all, width))
  const { unpriced = null } = facts
  if (unpriced !== null) {
    const text = unpricedText(unpriced, facts.storeFlag)
    lines.push(...flow([[span(text, 'yellow')]], { width, hang: 5 }))
  }
  lines.push(...queueWaitLines(facts.queues, facts.now, room))
  for (const batch of facts.batches) lines.push(...batchLines(batch, facts.now, room))
  return [...lines, ...flow([[span(nextText(facts, room.timeZone))]], { width })]
}

function jobLines(job: JobStatus, width: number, storeFlag: string): readonly Line[] {
  const { budget, canary = null, primer = null } = job
  const lines = [...reportLines(`job ${job.name}`, job.report, width)]
  const first = primerText(primer)
  if (first !== null) lines.push(...flow([[span(first, 'dim')]], { width, indent: 5, hang: 5 }))
  if (canary !== null) {
    const text = canaryText(canary, ` --job ${shellWord(job.name)}`, storeFlag)
    const style = canary.state === 'stopped' ? 'yellow' : 'dim'
    lines.push(...flow([[span(text, style)]], { width, indent: 5, hang: 5 }))
  }
  if (budget === null) return lines
  const waits = isWaitingForBudget(job)
  const text = waits ? waitText(job.report, budget) : ''
  const cells: Line[] = [[span(capText(budget))], ...(waits ? [[span(text, 'yellow')]] : [])]
  return [...lines, ...flow(cells, { width, indent: 5, hang: 5 })]
}

function isWaitingForBudget({ budget, report }: JobStatus): boolean {
  return budget !== null && budget.held !== null && report.counts.byState.waiting > 0
}

// What waits for a budget, or behind a canary, is due when somebody raises the one, or when the other is back.
function isHeld(job: JobStatus): boolean {
  return isWaitingForBudget(job) || job.canary != null || job.primer?.state === 'away'
}

function waitText({ counts }: Report, budget: BudgetFacts): string {
  if (budget.stopped !== null) return `waits for the budget of the job: ${stopText(budget)}`
  const rows = countOf(counts.byState.waiting, 'row')
  const verb = counts.byState.waiting === 1 ? 'waits' : 'wait'
  return `${rows} ${verb} for the budget of the job, until what is under way has its cost`
}

function reportLines(name: string, report: Report, width: number): readonly Line[] {
  const figures = figuresOf(report.counts)
  const cells: Line[] = [
    [span(name, 'bold'), span(`  ${countOf(figures.total, 'row')}`)],
    [span(`answered ${countText(figures.answered)}`)],
  ]
  if (figures.atClaude > 0) cells.push([span(`at Claude ${countText(figures.atClaude)}`)])
  if (figures.answerLost > 0) {
    cells.push([span(`answer lost ${countText(figures.answerLost)}`, 'yellow')])
  }
  if (figures.waiting > 0) cells.push([span(`waiting ${countText(figures.waiting)}`)])
  if (figures.failed > 0) cells.push([span(`failed ${countText(figures.failed)}`, 'red')])
  cells.push([span(paidText(report))], ...unknownMoney(report))
  return flow(cells, { width, hang: 5 })
}

function batchLines(
  batch: BatchFacts,
  now: EpochMs,
  room: { readonly width: number; readonly timeZone?: string | undefined },
): readonly Line[] {
  const { submission } = batch
  const words = batchWords(batch, now, room.timeZone)
  const name = isCall(submission) ? 'call' : (submission.remoteId ?? 'batch')
  const cells: Line[] = [
    [span(`${name}  ${countOf(submission.requestCount, 'row')}`)],
    [words.style === null ? span(words.state) : span(words.state, words.style)],
    [span(words.hints[1] ?? words.hints[0] ?? '', 'dim')],
  ]
  return flow(cells, { width: room.width, hang: 5 })
}

// A worker is asked for only while a row is not done.
function workerText(facts: StatusFacts): string {
  const { workedAt, now, storeFlag, all } = facts
  const isDone = all.counts.byState.done === all.counts.total && dueOf(facts) === null
  const start = isDone ? '' : `: ${commandText('work', storeFlag)}`
  if (workedAt === null) return `no worker has worked on it yet${start}`
  const ago = now - workedAt
  const last = `worker last seen ${durationText(ago)} ago`
  return ago > 180_000 ? `${last}${start}` : last
}

function nextText(facts: StatusFacts, timeZone: string | undefined): string {
  const due = dueOf(facts)
  if (due === null) return 'nothing is due'
  return due <= facts.now ? 'next: due now' : `next: due ${instantText(due, facts.now, timeZone)}`
}

function dueOf(facts: StatusFacts): EpochMs | null {
  const steps = facts.batches.map(({ submission }) => submission.nextStepAt)
  const known = [waitingDueOf(facts), ...steps].filter((at) => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}

// A request that could be sent is not due before its queue makes a batch.
function waitingDueOf({ all, queues, now, jobs }: StatusFacts): EpochMs | null {
  const held = jobs.filter(isHeld).map(({ report }) => report.counts.byState.waiting)
  if (held.length > 0 && sumOf(held) >= all.counts.byState.waiting) return null
  if (all.nextDueAt === null || all.nextDueAt > now || queues.length === 0) return all.nextDueAt
  const instants = queues.map(({ nextBatchAt }) => nextBatchAt).filter((at) => at !== null)
  return instants.length === 0 ? null : Math.min(...instants)
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
