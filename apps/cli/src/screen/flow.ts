import { type Line, lineText, type Span, span, widthOf } from './line.js'

/**
 * Lays cells out in rows: side by side while they fit, the next row when they don't.
 *
 * A cell that is wider than a whole row is broken between words. `indent` goes before the first row and `hang`
 * (default the same) before the others; `gap` columns stand between cells (default 4).
 */
export function flow(
  cells: readonly Line[],
  params: {
    readonly width: number
    readonly indent?: number
    readonly hang?: number
    readonly gap?: number
  },
): readonly Line[] {
  const { width, indent = 1, hang = indent, gap = 4 } = params
  const rows: Span[][] = []
  let row: Span[] = [span(' '.repeat(indent))]
  let isFresh = true
  for (const cell of cells) {
    if (lineText(cell) === '') continue
    if (!isFresh && rowWidth(row) + gap + rowWidth(cell) > width) {
      rows.push(row)
      row = [span(' '.repeat(hang))]
      isFresh = true
    }
    if (!isFresh) row.push(span(' '.repeat(gap)))
    isFresh = false
    if (rowWidth(row) + rowWidth(cell) <= width) row.push(...cell)
    else row = breakCell(cell, { row, rows, width, hang })
  }
  return isFresh ? rows : [...rows, row]
}

// Fills the row word by word and answers the last, unfinished row.
function breakCell(
  cell: Line,
  params: { row: Span[]; rows: Span[][]; width: number; hang: number },
): Span[] {
  let row = params.row
  let isStart = true
  for (const part of cell) {
    for (const [index, word] of part.text.split(' ').entries()) {
      const text = index === 0 || isStart ? word : ` ${word}`
      if (!isStart && rowWidth(row) + widthOf(text) > params.width) {
        params.rows.push(row)
        row = [span(' '.repeat(params.hang)), { ...part, text: word }]
      } else {
        row.push({ ...part, text })
      }
      isStart = false
    }
  }
  return row
}

function rowWidth(line: Line): number {
  return line.reduce((sum, part) => sum + widthOf(part.text), 0)
}
