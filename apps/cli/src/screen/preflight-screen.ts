import type { EpochMs, NanoUsd } from '@halfrate/core'
import { type Estimate, type ModelEstimate, usdShort } from '@halfrate/core/money'
import type { BatchOutlook } from '@halfrate/core/turnaround'
import type { CapOutlook } from '../preflight/cap-outlook.js'
import type { FirstRequest } from '../preflight/sending-tally.js'
import { roundedUp } from './budget-text.js'
import { flow } from './flow.js'
import { cachingText, coldCacheText, groundsText } from './grounds-text.js'
import { type Line, listed, type Span, span } from './line.js'
import { countOf, countText } from './number-text.js'
import { rangeText } from './range-text.js'
import { outlookByText, readyGroundsText, readyRangeText } from './ready-text.js'

/** What a run is about to send, and what that likely costs. */
export interface PreflightFacts {
  readonly job: string
  /** Absolute path of the store, or its URL without a password. */
  readonly store: string
  /** Rows of the input, or as many of them as `--limit` takes. */
  readonly rows: number
  /** Whether `--limit` took no more of them. */
  readonly isLimited: boolean
  /** New rows, and those that wait from before. */
  readonly toSend: number
  /** Of the rows to send those that the job has from before: never sent, or put back by `retry`. */
  readonly waiting: number
  /** Rows of the input that the job has from before, with the same params. */
  readonly before: number
  /** How many of these are done, so that nothing is sent for them; null where only some were looked at. */
  readonly doneBefore: number | null
  /** Whether all rows of the job that are done have a usable answer. */
  readonly areAnswered: boolean
  /** Rows of the job that are in a batch already; they are paid with it, and are in no figure here. */
  readonly inBatches: number
  /** Rows with other params than before, whose old answers are kept. */
  readonly kept: number
  /** Of the rows to send. */
  readonly estimate: Estimate
  /** When the answers are likely there if the rows are sent now; null when there is nothing to send. */
  readonly ready: ReadyFacts | null
  /** The cap of the job from now on; null for none. */
  readonly budget: PreflightBudget | null
}

/** When answers are likely there, as of an instant. `timeZone` is an IANA name; default the machine's. */
export interface ReadyFacts {
  readonly outlook: BatchOutlook
  readonly now: EpochMs
  /** When rows are wanted that don't say it themselves; null for no instant. */
  readonly wantedAt: EpochMs | null
  readonly timeZone?: string | undefined
}

/** A cap, as it will hold for a run that is about to begin. */
export interface PreflightBudget {
  readonly capNano: NanoUsd
  /** What the job has paid, may have paid, and can still pay for what is under way. */
  readonly usedNano: NanoUsd
  /** Given now, and not before. */
  readonly isGiven: boolean
  /** How far the rows get under it. */
  readonly outlook: CapOutlook
  /** The most that one of them can cost, of the one for which that is least; null when no price is known. */
  readonly leastHoldNano: NanoUsd | null
}

const MOST_MODELS = 3

/** What is to be known before rows are sent. */
export function preflightScreen(facts: PreflightFacts, width: number): readonly Line[] {
  return [
    ...flow([rowsLine(facts)], { width }),
    ...(facts.toSend === 0 ? [] : flow(costCells(facts.estimate), { width })),
    ...(facts.ready === null ? [] : flow(readyCells(facts.ready), { width })),
    ...(facts.toSend === 0 ? [] : flow(capCells(facts.budget), { width })),
  ]
}

/** What stands before the first request of a dry run, whose key this is; null when the input has none to send. */
export function dryRunText(
  first: FirstRequest | null,
  { toSend }: Pick<PreflightFacts, 'toSend'>,
): string {
  const key = first?.key ?? null
  const leftOut = first?.leftOut ?? 0
  const files =
    leftOut === 0
      ? ''
      : `, where ${countText(leftOut)} characters of files in base64 are left out here`
  const nothing = 'dry run: nothing was sent, and nothing of it is kept'
  if (key === null && toSend > 0) return `${nothing}; what would be sent waits from before`
  if (key === null) return `${nothing}; there is nothing to send`
  return `${nothing}. The first request, ${key}, has these params in the body that is sent${files}:`
}

/** What is said after a no; `waiting` rows of the job wait from before, and somebody else may send them. */
export function declinedText(waiting: number): string {
  if (waiting === 0) return 'nothing was sent, and nothing of it is kept'
  const verb = waiting === 1 ? 'waits' : 'wait'
  return `nothing was sent, and nothing new is kept; ${countOf(waiting, 'row')} from before ${verb} on`
}

function rowsLine(facts: PreflightFacts): Line {
  const { rows, isLimited, toSend, waiting, inBatches, kept } = facts
  const all = countOf(rows, 'row')
  const parts: Span[] = [span(isLimited ? `the first ${rows === 1 ? 'row' : all}` : all)]
  const before = beforeText(facts)
  if (before !== null) parts.push(span(before))
  if (inBatches > 0) parts.push(span(`${countText(inBatches)} in batches already (paid with them)`))
  if (waiting > 0) parts.push(span(`${countText(waiting)} waiting from before`))
  if (kept > 0) parts.push(span(`${countText(kept)} changed, old answers kept`))
  parts.push(span(`${countText(toSend)} to send`, 'bold'))
  if (toSend > 0) parts.push(span(modelsText(facts.estimate.models)))
  return listed(parts)
}

function beforeText({ before, doneBefore, areAnswered }: PreflightFacts): string | null {
  if (doneBefore === null) return `${countText(before)} taken in before`
  if (doneBefore === 0) return null
  return `${countText(doneBefore)} ${areAnswered ? 'answered' : 'done'} before (free)`
}

function modelsText(models: readonly ModelEstimate[]): string {
  const [only] = models
  if (models.length === 1 && only !== undefined) return only.model
  const shown = models
    .slice(0, MOST_MODELS)
    .map(({ model, rows }) => `${model} ${countText(rows)}`)
    .join(', ')
  const more = models.length - MOST_MODELS
  return more > 0 ? `${shown}, ${countOf(more, 'more model')}` : shown
}

function costCells(estimate: Estimate): readonly Line[] {
  const { rows, unpricedRows, openEndedRows, batch, realtime } = estimate
  const cells: Line[] = []
  if (unpricedRows < rows) {
    const lead = batch.basis === 'floor' ? 'estimate, without what is not known: ' : 'estimate '
    const text = `${rangeText(batch)} in batch, ${rangeText(realtime)} in real time`
    cells.push([span(lead), span(text)])
    cells.push([span(groundsText(estimate.grounds, rows), 'dim')])
  }
  const { caching } = estimate
  const warnings = caching === null ? [] : [coldCacheText(caching), cachingText(caching)]
  for (const text of warnings) if (text !== null) cells.push([span(text, 'yellow')])
  if (unpricedRows > 0) {
    const names = estimate.models
      .filter((model) => model.unpricedRows > 0)
      .map(({ model }) => model)
    cells.push([span(`no price is known for ${listText(names)}`, 'yellow')])
  }
  if (openEndedRows > 0) {
    const brings = openEndedRows === 1 ? 'brings' : 'bring'
    const text = `${countOf(openEndedRows, 'row')} ${brings} in files, pages or tools of unknown size`
    cells.push([span(text, 'yellow')])
  }
  return cells
}

function readyCells({ outlook, now, wantedAt, timeZone }: ReadyFacts): readonly Line[] {
  const by = wantedAt === null ? null : outlookByText(outlook, wantedAt, { now, timeZone })
  return [
    ...(by === null ? [] : [[span(by.text, by.style)]]),
    [span(readyRangeText(outlook, now, timeZone))],
    [span(readyGroundsText(outlook.odds), 'dim')],
  ]
}

// The likely cost says when a cap is reached; a cap that holds the worst case rarely lets all go at once.
function capCells(budget: PreflightBudget | null): readonly Line[] {
  if (budget === null) return []
  const { capNano, usedNano } = budget
  if (usedNano >= capNano) {
    const text = `the cap of ${usdShort(capNano)} is used up (${usdShort(usedNano)}): nothing more is sent`
    return [[span(text, 'yellow')]]
  }
  const used = usedNano === 0 ? '' : `, ${usdShort(usedNano)} of it used`
  const cap = [
    span(`never more than the cap of ${usdShort(capNano)}${used}; what does not fit waits`),
  ]
  const outlook = outlookText(budget)
  return outlook === null ? [cap] : [cap, [span(outlook, 'yellow')]]
}

function outlookText({ outlook, leastHoldNano }: PreflightBudget): string | null {
  if (outlook === 'stops_at_once') {
    const least =
      leastHoldNano === null ? '' : `: one can cost ${usdShort(roundedUp(leastHoldNano))}`
    return `no row fits${least}, so nothing is sent`
  }
  return outlook === 'may_stop'
    ? 'it may stop before the last row, and go on with a higher one'
    : null
}

function listText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_MODELS)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${countOf(more, 'more model')}` : shown.join(', ')
}
