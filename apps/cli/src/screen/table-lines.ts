import { type Line, type Span, type Style, span } from './line.js'
import { clustersOf, widthOf } from './text-width.js'

/** A column of a table. */
export interface TableColumn {
  readonly title: string
  readonly align: 'left' | 'right'
}

/** A cell: text, and how it looks. */
export interface TableCell {
  readonly text: string
  readonly style?: Style
}

const GAP = 2
const LEAST_FIRST = 12

/**
 * Lays rows out in columns as wide as their widest cell. The first column gives way when the width is too small: its
 * texts are cut off, to no less than 12 columns.
 */
export function tableLines(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  width: number,
): readonly Line[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]?.text ?? ''))),
  )
  const others = widths.slice(1).reduce((sum, each) => sum + each + GAP, 0)
  widths[0] = Math.min(widths[0] ?? 0, Math.max(LEAST_FIRST, width - 1 - others))
  const head = columns.map(({ title }): TableCell => ({ text: title, style: 'dim' }))
  return [head, ...rows].map((row) => lineOf(row, columns, widths))
}

function lineOf(
  row: readonly TableCell[],
  columns: readonly TableColumn[],
  widths: readonly number[],
): Line {
  const spans: Span[] = [span(' ')]
  for (const [index, column] of columns.entries()) {
    const { text: whole = '', style } = row[index] ?? {}
    const text = clip(span(whole).text, widths[index] ?? 0)
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(text)))
    if (index > 0) spans.push(span(' '.repeat(GAP)))
    if (column.align === 'right') spans.push(span(space))
    spans.push(span(text, style))
    if (column.align === 'left' && index < columns.length - 1) spans.push(span(space))
  }
  return spans
}

// What was cut off is shown as an ellipsis.
function clip(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const cluster of clustersOf(text)) {
    if (widthOf(kept) + widthOf(cluster) > width - 1) break
    kept += cluster
  }
  return `${kept}…`
}
