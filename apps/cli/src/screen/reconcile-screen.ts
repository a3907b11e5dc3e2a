import type { ComparedCounts, ReconcileCause, ReconciledLine } from '@halfrate/core/audit'
import { usdShort } from '@halfrate/core/money'
import type { Reconciliation } from '../costs/reconcile.js'
import { flow } from './flow.js'
import { type Line, span } from './line.js'
import { countOf, countText } from './number-text.js'
import { type TableCell, type TableColumn, tableLines } from './table-lines.js'

const WORDS: Readonly<Record<ReconcileCause, string>> = {
  rounding: 'rounding',
  not_final: 'not final yet',
  elsewhere: 'batches made elsewhere',
  other_workspace: 'another workspace',
  possibly_paid: 'possibly paid',
  unpriced: 'no known price',
  another_day: 'on another day',
  unexplained: 'UNEXPLAINED',
}

const COLUMNS: readonly TableColumn[] = [
  { title: 'model', align: 'left' },
  { title: 'day', align: 'left' },
  { title: 'workspace', align: 'left' },
  { title: 'our tokens', align: 'right' },
  { title: 'theirs', align: 'right' },
  { title: 'ours', align: 'right' },
  { title: 'theirs', align: 'right' },
  { title: 'difference', align: 'right' },
  { title: 'why', align: 'left' },
]

/** Ours beside theirs, with what explains each difference. */
export function reconcileScreen(found: Reconciliation, width: number): readonly Line[] {
  const { lines, realtime, unexplained } = found.report
  const rows = lines.map((line) => cellsOf(line))
  const notes: Line[] = []
  const realtimeNano = realtime.reduce((sum, { costNano }) => sum + costNano, 0n)
  if (realtimeNano > 0n) notes.push([span(`real time, not ours: ${usdShort(realtimeNano)}`)])
  if (found.elsewhereNote !== null) notes.push([span(found.elsewhereNote, 'yellow')])
  if (lines.length === 0) notes.push([span('neither side has batches of that time')])
  notes.push(
    unexplained === 0
      ? [span('nothing is left unexplained', 'green')]
      : [span(`${countOf(unexplained, 'line')} left unexplained`, 'red')],
  )
  const table = lines.length === 0 ? [] : tableLines(COLUMNS, rows, width)
  return [...table, ...notes.flatMap((note) => flow([note], { width, hang: 5 }))]
}

function cellsOf(line: ReconciledLine): readonly TableCell[] {
  const { theirsNano, nanoBeyond, causes } = line
  const why = causes.map((cause) => WORDS[cause]).join(', ')
  const isBad = causes.includes('unexplained')
  return [
    { text: line.model },
    { text: line.day },
    { text: line.workspaceId ?? 'default' },
    { text: countText(tokensOf(line.ours)) },
    { text: countText(tokensOf(line.theirs)) },
    { text: usdShort(line.oursNano) },
    { text: theirsNano === null ? '?' : usdShort(theirsNano) },
    { text: nanoBeyond === null ? '?' : usdShort(nanoBeyond) },
    isBad ? { text: why, style: 'red' } : { text: why },
  ]
}

function tokensOf({ webSearchRequests: _, ...tokens }: ComparedCounts): number {
  return Object.values(tokens).reduce((sum, count) => sum + count, 0)
}
