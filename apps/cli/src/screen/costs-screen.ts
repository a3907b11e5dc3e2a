import { parseUsd, usdShort } from '@halfrate/core/money'
import type { CacheReport, CostFigures, CostsReport } from '@halfrate/runtime'
import { isAnyPriced } from '../costs/cost-columns.js'
import { flow } from './flow.js'
import { type Line, span } from './line.js'
import { countOf, countText } from './number-text.js'
import { type TableCell, type TableColumn, tableLines } from './table-lines.js'

interface Column {
  readonly title: string
  readonly cell: (figures: CostFigures) => string
  /** Left out where this is so of all together. */
  readonly isEmpty?: (total: CostFigures) => boolean
}

const COLUMNS: readonly Column[] = [
  { title: 'requests', cell: ({ requests }) => countText(requests) },
  { title: 'attempts', cell: ({ attempts }) => countText(attempts) },
  { title: 'input', cell: ({ inputTokens }) => countText(inputTokens) },
  {
    title: 'cache read',
    cell: ({ cacheReadTokens }) => countText(cacheReadTokens),
    isEmpty: ({ cacheReadTokens }) => cacheReadTokens === 0,
  },
  {
    title: 'cache write',
    cell: (figures) => countText(figures.cacheWrite5mTokens + figures.cacheWrite1hTokens),
    isEmpty: (total) => total.cacheWrite5mTokens + total.cacheWrite1hTokens === 0,
  },
  { title: 'output', cell: ({ outputTokens }) => countText(outputTokens) },
  { title: 'paid', cell: (figures) => knownDollars(figures, figures.paidUsd) },
  { title: 'real time', cell: (figures) => knownDollars(figures, figures.realtimeUsd) },
  { title: 'saved', cell: (figures) => knownDollars(figures, figures.savedUsd) },
  {
    title: 'saved %',
    cell: ({ savedPercent }) => (savedPercent === null ? '' : `${Math.floor(savedPercent)} %`),
  },
  {
    title: 'paid twice',
    cell: ({ paidTwiceUsd }) => dollars(paidTwiceUsd),
    isEmpty: ({ paidTwice }) => paidTwice === 0,
  },
  {
    title: 'not used',
    cell: ({ notUsedUsd }) => dollars(notUsedUsd),
    isEmpty: ({ notUsed }) => notUsed === 0,
  },
]

/** Costs as a table with a total, and below it what is in no sum. */
export function costsScreen(report: CostsReport, width: number): readonly Line[] {
  const { by, lines, other, total, caches } = report
  const shown = COLUMNS.filter(({ isEmpty }) => isEmpty?.(total) !== true)
  const columns: readonly TableColumn[] = [
    ...by.map((title) => ({ title, align: 'left' }) as const),
    ...shown.map(({ title }) => ({ title, align: 'right' }) as const),
  ]
  const row = (names: readonly string[], figures: CostFigures): readonly TableCell[] => [
    ...names.map((text) => ({ text })),
    ...shown.map(({ cell }) => ({ text: cell(figures) })),
  ]
  const rest = by.slice(1).map(() => '')
  const rows = [
    ...lines.map(({ group, ...figures }) =>
      row(
        group.map((value) => value ?? '(none)'),
        figures,
      ),
    ),
    ...(other === null ? [] : [row(['(all others)', ...rest], other)]),
    row(['total', ...rest], total).map((cell) => ({ ...cell, style: 'bold' as const })),
  ]
  const notes = notesOn(total).map((note) => [span(note, 'yellow')])
  return [
    ...tableLines(columns, rows, width),
    ...(caches === null ? [] : flow([[span(cachesText(caches))]], { width, hang: 5 })),
    ...notes.flatMap((note) => flow([note], { width, hang: 5 })),
  ]
}

function cachesText(caches: CacheReport): string {
  const { readTokens, writtenTokens, savedUsd, unpriced, predictedReadTokens: predicted } = caches
  const saved = savedUsd.startsWith('-')
    ? `cost ${dollars(savedUsd.slice(1))} more than none would have`
    : `saved ${dollars(savedUsd)}`
  const expected =
    predicted === null
      ? ''
      : `; ${countText(predicted.low)} to ${countText(predicted.high)} were expected to be read`
  const unknown = unpriced === 0 ? '' : `, without ${countOf(unpriced, 'answer')} of unknown price`
  return `cache: ${countText(readTokens)} tokens read and ${countText(writtenTokens)} written, which ${saved}${unknown}${expected}`
}

function notesOn(total: CostFigures): readonly string[] {
  const notes: string[] = []
  if (total.paidTwice > 0) {
    notes.push(`paid twice: ${countOf(total.paidTwice, 'answer')}, ${dollars(total.paidTwiceUsd)}`)
  }
  if (total.notUsed > 0) {
    const why = 'their requests were canceled, replaced, failed, or ended with another answer'
    notes.push(
      `not used: ${countOf(total.notUsed, 'answer')}, ${dollars(total.notUsedUsd)}; ${why}`,
    )
  }
  if (total.possiblyPaid > 0) notes.push(possiblyPaidText(total))
  if (total.unpriced > 0) {
    const models = Object.entries(total.unpricedByModel).map(
      ([model, count]) => `${count} of ${model}`,
    )
    notes.push(
      `no known price, in no sum: ${countOf(total.unpriced, 'answer')} (${models.join(', ')})`,
    )
  }
  return notes
}

function possiblyPaidText(total: CostFigures): string {
  const unknown = total.possiblyPaidUnknown
  const rest = unknown === 0 ? '' : `, and ${unknown} of unknown price`
  const most = `${dollars(total.possiblyPaidUsd)} at most${rest}`
  return `possibly paid, in no sum: ${countOf(total.possiblyPaid, 'attempt')}, ${most}`
}

// What has no known price is in no sum, and no sum passes for all of it.
function knownDollars(figures: CostFigures, text: string): string {
  if (!isAnyPriced(figures)) return '?'
  return figures.unpriced === 0 ? dollars(text) : `${dollars(text)} + ?`
}

function dollars(text: string): string {
  const nano = parseUsd(text)
  return nano === null ? `$${text}` : usdShort(nano)
}
