import { type Line, lineText, type Span, span } from './line.js'
import { widthOf } from './text-width.js'
import { unbrokenPieces } from './unbroken-pieces.js'

/**
 * Lays cells out in rows: side by side while they fit, the next row when they don't.
 *
 * A cell that is wider than a whole row is broken between words, but never within a word, a command or a path: what is wider
 * than a row on its own stands in a row of its own, and the terminal breaks it where it is copied as one. `indent` goes before the first row and `hang`
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

// Fills the row piece by piece and answers the last, unfinished row.
function breakCell(
  cell: Line,
  params: { row: Span[]; rows: Span[][]; width: number; hang: number },
): Span[] {
  const { rows, width, hang } = params
  let row = params.row
  let isStart = true
  for (const part of cell) {
    for (const [index, piece] of piecesOf(part, width - hang).entries()) {
      const text = index === 0 || isStart ? piece : ` ${piece}`
      if (!isStart && rowWidth(row) + widthOf(text) > width) {
        if (lineText(row).trim() !== '') rows.push(withoutEnd(row))
        row = [span(' '.repeat(hang)), { ...part, text: piece }]
      } else {
        row.push({ ...part, text })
      }
      isStart = false
    }
  }
  return row
}

function piecesOf({ text, isTogether = false }: Span, room: number): readonly string[] {
  return isTogether && widthOf(text) <= room ? [text] : unbrokenPieces(text)
}

// A space at the end of a row is nothing to be seen.
function withoutEnd(row: readonly Span[]): Span[] {
  const last = row.findLastIndex(({ text }) => text.trimEnd() !== '')
  return row
    .slice(0, last + 1)
    .map((part, index) => (index === last ? { ...part, text: part.text.trimEnd() } : part))
}

function rowWidth(line: Line): number {
  return line.reduce((sum, part) => sum + widthOf(part.text), 0)
}
