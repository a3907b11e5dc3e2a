import type { EpochMs, Report } from '@halfrate/core'
import { usdShort } from '@halfrate/core/money'
import type { CanaryReport, PrimerReport } from '@halfrate/runtime'
import { type BatchFacts, batchWords } from './batch-words.js'
import { type BudgetFacts, capText } from './budget-text.js'
import { commandText } from './command-text.js'
import { flow } from './flow.js'
import { figuresOf, type JobFigures, moneyOf } from './job-figures.js'
import { type Line, type Span, span } from './line.js'
import { countOf, countText, percentText } from './number-text.js'
import { widthOf } from './text-width.js'
import { instantText } from './time-text.js'

/** What the screen of a running job shows. */
export interface ProgressFacts {
  readonly now: EpochMs
  readonly report: Report
  /** Oldest first, those that were taken apart left out. */
  readonly batches: readonly BatchFacts[]
  /** Why nothing is sent at the moment; null when nothing holds it back. */
  readonly heldBack: string | null
  /** Somebody else's worker that does the work; null for our own. */
  readonly otherWorker: string | null
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  /** The cap of the job; null for none. */
  readonly budget: BudgetFacts | null
  /** The canary that its rest waits for; left out or null where it waits for none. */
  readonly canary?: CanaryReport | null
  /** What goes first of it, or went, to write the cache; left out or null for nothing. */
  readonly primer?: PrimerReport | null
}

/** Room that a screen has. */
export interface Room {
  readonly width: number
  /** Most rows; batches that ended long ago make way. */
  readonly height: number
  /** IANA name; default the machine's. */
  readonly timeZone?: string | undefined
}

const LEAST_BAR = 8
const MOST_BAR = 30
const FULL = '█'
const EMPTY = '░'

/** The screen of a running job. */
export function progressScreen(facts: ProgressFacts, room: Room): readonly Line[] {
  const head = headLines(figuresOf(facts.report.counts), room.width)
  const tail = [
    ...noteLines(facts, room),
    ...moneyLines(facts, room.width),
    safeLine(facts, room.width),
  ]
  return [...head, ...batchLines(facts, room, room.height - head.length - tail.length), ...tail]
}

/** The last state of that screen, to stay above what the job came to. */
export function finishedScreen(facts: ProgressFacts, room: Room): readonly Line[] {
  const head = headLines(figuresOf(facts.report.counts), room.width)
  return [...head, ...batchLines(facts, room, room.height - head.length)]
}

// The bar takes the room that the figures leave; where that is not enough, the figures take a second row.
function headLines(figures: JobFigures, width: number): readonly Line[] {
  const answered: Line = [span('answered '), span(countText(figures.answered), 'bold')]
  const percent = percentText(figures.answered, figures.total)
  const cells = whereabouts(figures)
  const taken = 1 + textWidth(answered) + 2 + 2 + percent.length
  const beside = cells.reduce((sum, cell) => sum + 4 + textWidth(cell), 0)
  const isOneRow = width - taken - beside >= LEAST_BAR
  const bar = Math.min(MOST_BAR, width - taken - (isOneRow ? beside : 0))
  const first: Span[] = [
    span(' '),
    ...answered,
    span('  '),
    ...barOf(figures.answered, figures.total, bar),
  ]
  first.push(span(`  ${percent}`))
  if (!isOneRow) return [first, ...flow(cells, { width })]
  return [[...first, ...cells.flatMap((cell) => [span('    '), ...cell])]]
}

function whereabouts(figures: JobFigures): readonly Line[] {
  const cells: Line[] = []
  if (figures.atClaude > 0) cells.push([span(`at Claude ${countText(figures.atClaude)}`)])
  if (figures.answerLost > 0) {
    cells.push([span(`answer lost ${countText(figures.answerLost)}`, 'yellow')])
  }
  if (figures.waiting > 0) cells.push([span(`waiting ${countText(figures.waiting)}`)])
  if (figures.failed > 0) cells.push([span(`failed ${countText(figures.failed)}`, 'red')])
  return cells
}

function barOf(answered: number, total: number, width: number): readonly Span[] {
  const full = total === 0 ? 0 : Math.floor((answered / total) * width)
  return [span(FULL.repeat(full), 'green'), span(EMPTY.repeat(width - full), 'dim')]
}

// Batches that are over make way first, the oldest before the others.
function batchLines(facts: ProgressFacts, room: Room, height: number): readonly Line[] {
  const shown = [...facts.batches]
  let hidden = 0
  let rows = rowsOf(shown, facts, room)
  while (rows.length + (hidden > 0 ? 1 : 0) > Math.max(height, 1) && shown.length > 1) {
    const over = shown.findIndex(({ submission }) => submission.state === 'collected')
    shown.splice(Math.max(over, 0), 1)
    hidden += 1
    rows = rowsOf(shown, facts, room)
  }
  if (hidden === 0) return rows
  return [[span(` ${countOf(hidden, 'more batch', 'more batches')}`, 'dim')], ...rows]
}

function rowsOf(batches: readonly BatchFacts[], facts: ProgressFacts, room: Room): readonly Line[] {
  const numbers = Math.max(0, ...batches.map((batch) => String(batch.number).length))
  const counts = Math.max(
    0,
    ...batches.map((batch) => countText(batch.submission.requestCount).length),
  )
  const words = batches.map((batch) => batchWords(batch, facts.now, room.timeZone))
  // A long state, of a lost answer, is no measure for the column of the others.
  const states = words.map(({ state }) => widthOf(state)).filter((width) => width <= 22)
  const column = Math.max(0, ...states)
  return batches.flatMap((batch, index) => {
    const number = String(batch.number).padStart(numbers)
    const count = countText(batch.submission.requestCount).padStart(counts)
    const lead = ` batch ${number}  ${count}  `
    const said = words[index]
    return said === undefined ? [] : batchRows({ lead, words: said, column, width: room.width })
  })
}

function batchRows(params: {
  lead: string
  words: ReturnType<typeof batchWords>
  column: number
  width: number
}): readonly Line[] {
  const { lead, words, column, width } = params
  const { state } = words
  const shown = words.style === null ? span(state) : span(state, words.style)
  const [first = [], ...others] = flow([[shown]], { width, indent: lead.length })
  const start: Line = [span(lead), ...first.slice(1)]
  const pad = Math.max(0, column - widthOf(state))
  const gap = words.hints[0]?.startsWith('(') === true ? 1 : pad + 3
  const room = others.length > 0 ? 0 : width - textWidth(start) - gap
  const hint = words.hints.find((text) => widthOf(text) <= room)
  if (hint !== undefined && hint !== '')
    return [[...start, span(' '.repeat(gap)), span(hint, 'dim')]]
  const last = words.hints.at(-1)
  if (words.canDrop || last === undefined || last === '') return [start, ...others]
  return [start, ...others, ...flow([[span(last, 'dim')]], { width, indent: lead.length })]
}

function noteLines(facts: ProgressFacts, room: Room): readonly Line[] {
  const notes: Line[] = []
  if (facts.heldBack !== null) notes.push([span(`held back: ${facts.heldBack}`, 'yellow')])
  if (facts.otherWorker !== null) {
    notes.push([span(`another worker (${facts.otherWorker}) does the work; waiting for it`)])
  }
  const waits = facts.report.nextDueAt
  if (waits !== null && waits > facts.now && facts.report.counts.retrying > 0) {
    notes.push([
      span(`${countOf(facts.report.counts.retrying, 'row')} to try again`),
      span(` from ${instantText(waits, facts.now, room.timeZone)}`),
    ])
  }
  return notes.flatMap((note) => flow([note], { width: room.width }))
}

function moneyLines({ report, budget }: ProgressFacts, width: number): readonly Line[] {
  const money = moneyOf(report.money)
  const cells: Line[] = [
    [span(`paid ${usdShort(money.paid)}`)],
    [span(`saved ${usdShort(money.saved)}`, 'green')],
  ]
  if (money.waste > 0) cells.push([span(`waste ${usdShort(money.waste)}`, 'yellow')])
  cells.push(...unknownMoney(report))
  if (budget !== null) cells.push([span(capText(budget))])
  return flow(cells, { width })
}

/** What the sums leave out, in words: unknown prices and answers that may have been paid. */
export function unknownMoney(report: Report): readonly Line[] {
  const cells: Line[] = []
  const { unpricedAttempts, possiblyPaidAttempts, possiblyPaidNano } = report.money
  if (unpricedAttempts > 0) {
    cells.push([span(`${countOf(unpricedAttempts, 'answer')} of unknown price`, 'yellow')])
  }
  if (possiblyPaidAttempts > 0) {
    const most = usdShort(possiblyPaidNano)
    cells.push([
      span(`${countOf(possiblyPaidAttempts, 'row')} perhaps paid (at most ${most})`, 'yellow'),
    ])
  }
  return cells
}

function safeTexts(storeFlag: string): readonly string[] {
  return [
    `Ctrl-C is safe: the batches go on. The same command resumes; \`${commandText('work --once', storeFlag)}\` collects from cron.`,
    'Ctrl-C is safe: the batches go on. The same command resumes.',
    'Ctrl-C is safe; the same command resumes.',
  ]
}

function safeLine({ storeFlag }: ProgressFacts, width: number): Line {
  const text = safeTexts(storeFlag).find((line) => line.length + 1 <= width) ?? ''
  return [span(` ${text}`, 'dim')]
}

function textWidth(line: Line): number {
  return line.reduce((sum, part) => sum + widthOf(part.text), 0)
}
