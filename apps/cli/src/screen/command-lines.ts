import { type Line, span, widthOf } from './line.js'

const INDENT = '   '
// As `shellWord` writes them: what stands in quotes is one word with what touches it.
const WORD = /(?:\$'(?:\\.|[^'\\])*'|'[^']*'|\\.|[^ ])+/g

/** A command to be copied: in one row, or broken between words the way a shell takes it. */
export function commandLines(command: string, width: number): readonly Line[] {
  const rows: string[] = []
  let row = ''
  for (const word of command.match(WORD) ?? []) {
    const longer = row === '' ? `${INDENT}${word}` : `${row} ${word}`
    // Room for the backslash at the end.
    if (row !== '' && widthOf(longer) + 2 > width) {
      rows.push(`${row} \\`)
      row = `${INDENT}  ${word}`
    } else {
      row = longer
    }
  }
  return [...rows, row].map((text) => [span(text, 'bold')])
}
