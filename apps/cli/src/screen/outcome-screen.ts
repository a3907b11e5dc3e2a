import type { NanoUsd, Report } from '@halfrate/core'
import { type EstimatedRows, missOf, usdShort } from '@halfrate/core/money'
import { type CanaryReport, knownCostOf } from '@halfrate/runtime'
import { type BudgetFacts, capText, stopText } from './budget-text.js'
import { canaryText } from './canary-text.js'
import { commandLines } from './command-lines.js'
import { commandText } from './command-text.js'
import { flow } from './flow.js'
import { type JobOutcome, moneyOf, outcomeOf } from './job-figures.js'
import { type Line, listed, type Span, span } from './line.js'
import { countOf, countText, percentText } from './number-text.js'
import { unknownMoney } from './progress-screen.js'
import { rangeText } from './range-text.js'
import { durationText } from './time-text.js'
import { visibleText } from './visible-text.js'

/** What the last lines of a job say. */
export interface OutcomeFacts {
  readonly report: Report
  /** From the last commit of rows until now, on the store's clock; null when they were done before. */
  readonly tookMs: number | null
  readonly exitCode: number
  /** Where the rows were written, as the caller named it; null for standard output. */
  readonly output: string | null
  /** What its rows were estimated at before they were sent; null when some of them never were. */
  readonly estimate: EstimatedRows | null
  /** A key of each kind of row that has no usable answer, to be asked about. */
  readonly examples: RowExamples
  /** The cap of the job; null for none. */
  readonly budget: BudgetFacts | null
  /** Where the job stands still at its cap, the same command with one under which the rest likely goes; else null. */
  readonly goOn: string | null
  /** The canary that its rest waits for; left out or null where it waits for none. */
  readonly canary?: CanaryReport | null
  readonly job: string
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
}

/** Keys of rows that have no usable answer, one of each kind; null for none. */
export interface RowExamples {
  readonly failed: string | null
  readonly cutOff: string | null
}

/** The last lines of a job: how its rows ended, what it cost, what to do next. */
export function outcomeScreen(facts: OutcomeFacts, width: number): readonly Line[] {
  const lines = [...endLines(facts, width), ...billLines(facts, width), ...nextLines(facts, width)]
  return [...lines, ...stopLines(facts, width), ...canaryLines(facts, width)]
}

// Last, since it says what to do about the rest.
function stopLines({ report, budget, goOn }: OutcomeFacts, width: number): readonly Line[] {
  if (budget === null || goOn === null) return []
  const { waiting } = report.counts.byState
  const verb = waiting === 1 ? 'waits' : 'wait'
  const text = `${countOf(waiting, 'row')} ${verb} for the budget of the job: ${stopText(budget)} (${capText(budget)}). To go on:`
  return [...flow([[span(text, 'yellow')]], { width }), ...commandLines(goOn)]
}

function canaryLines(
  { canary = null, job, storeFlag }: OutcomeFacts,
  width: number,
): readonly Line[] {
  if (canary === null) return []
  return flow([[span(canaryText(canary, ` --job ${shellWord(job)}`, storeFlag), 'yellow')]], {
    width,
  })
}

function endLines(facts: OutcomeFacts, width: number): readonly Line[] {
  const outcome = outcomeOf(facts.report.counts)
  const took = facts.tookMs === null ? '' : ` in ${durationText(facts.tookMs)}`
  const head = outcome.open > 0 ? 'so far: ' : `done${took}: `
  const sentence: Span[] = [span(head), ...listed(endParts(outcome))]
  return flow([sentence, [span(`exit ${facts.exitCode}`, 'dim')]], { width, gap: 8 })
}

// The usable ones first; kinds without a row are left out.
function endParts(outcome: JobOutcome): readonly Span[] {
  const parts: Span[] = [span(`${countText(outcome.usable)} usable`, 'green')]
  const add = (count: number, text: string, style: 'yellow' | 'red' | 'dim'): void => {
    if (count > 0) parts.push(span(`${countText(count)} ${text}`, style))
  }
  add(outcome.cutOff, 'cut off (max_tokens)', 'yellow')
  add(outcome.refused, 'refused', 'yellow')
  add(outcome.empty, 'empty', 'yellow')
  add(outcome.failed, 'failed', 'red')
  add(outcome.canceled, 'canceled', 'dim')
  add(outcome.open, 'still waiting', 'dim')
  return parts
}

function billLines({ report, estimate }: OutcomeFacts, width: number): readonly Line[] {
  const money = moneyOf(report.money)
  const share = money.realtime > 0 ? ` (${percentText(money.saved, money.realtime)})` : ''
  const cells: Line[] = [
    [span(`paid ${usdShort(money.paid)}`)],
    [span(`real time ${usdShort(money.realtime)}`)],
    [span(`saved ${usdShort(money.saved)}${share}`, 'green')],
    [span(`waste ${usdShort(money.waste)}`)],
    ...estimateCell(estimate, report),
    ...unknownMoney(report),
  ]
  return flow(cells, { width })
}

// Without the rows whose cost could not be told, the figure is less than all of it; nothing at all is no figure.
function estimateCell(estimate: EstimatedRows | null, report: Report): readonly Line[] {
  if (estimate === null) return []
  const { batch } = estimate
  const isPart = batch.basis === 'floor'
  if (isPart && batch.highNano === 0) return []
  const without = isPart ? ', without what was not known' : ''
  const missed = missedText(missOf(batch, knownCostOf(report)))
  return [[span(`estimate was ${rangeText(batch)}${without}${missed}`, 'dim')]]
}

function missedText(missedNano: NanoUsd | null): string {
  if (missedNano === null || missedNano === 0) return ''
  const isTooLow = missedNano > 0
  const missed = usdShort((isTooLow ? missedNano : -missedNano) as NanoUsd)
  return `, ${missed} too ${isTooLow ? 'low' : 'high'}`
}

function nextLines(facts: OutcomeFacts, width: number): readonly Line[] {
  const key = facts.examples.failed ?? facts.examples.cutOff
  const cells: Line[] = []
  if (key !== null) {
    cells.push([
      span('next: '),
      span(keyCommand('why', key, ` --job ${shellWord(facts.job)}${facts.storeFlag}`), 'bold'),
    ])
  }
  if (facts.output !== null) cells.push([span(`wrote ${facts.output}`)])
  return flow(cells, { width, gap: 6 })
}

/**
 * A command about one request. A key that looks like a flag stands behind `--`.
 *
 * @param flags with a space before them; empty for none.
 */
export function keyCommand(verb: 'why' | 'retry', key: string, flags: string): string {
  const word = shellWord(key)
  const isLikeFlag = key.startsWith('-')
  const words = `${verb}${isLikeFlag ? '' : ` ${word}`}`
  return `${commandText(words, flags)}${isLikeFlag ? ` -- ${word}` : ''}`
}

/** A word as a shell takes it, in quotes only where it needs them; what can't be shown in the form `$'…'`. */
export function shellWord(text: string): string {
  const visible = visibleText(text)
  if (visible !== text) return `$'${visibleText(text.replace(/[\\']/g, '\\$&'))}'`
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
