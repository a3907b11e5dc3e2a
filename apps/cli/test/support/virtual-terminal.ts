import { clustersOf, widthOf } from '../../src/screen/text-width.js'

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
const PARTS = /\x1b\[\??(\d*)([A-Za-z])|\r|\n|[^\x1b\r\n]+/g

/**
 * What stands on a terminal after a text was written to it, row by row. It knows what Halfrate uses: newline, return, up,
 * erase to the end of the row and of the screen; colours and the cursor's look are passed over. A row that is too long goes
 * on in the next one.
 */
export function screenOf(text: string, columns: number): readonly string[] {
  const rows: string[][] = [[]]
  let row = 0
  let column = 0
  const cells = (): string[] => {
    rows[row] ??= []
    return rows[row] as string[]
  }
  const put = (cluster: string): void => {
    const width = widthOf(cluster)
    if (column + width > columns) {
      row += 1
      column = 0
    }
    cells().splice(column, width, cluster, ...Array.from({ length: width - 1 }, () => ''))
    column += width
  }
  for (const [part, count, letter] of text.matchAll(PARTS)) {
    if (part === '\n') row += 1
    if (part === '\n' || part === '\r') column = 0
    else if (letter === undefined) for (const cluster of clustersOf(part)) put(cluster)
    else if (letter === 'A') row -= Number(count)
    else if (letter === 'K') cells().length = Math.min(cells().length, column)
    else if (letter === 'J') {
      cells().length = Math.min(cells().length, column)
      rows.length = row + 1
    }
  }
  return Array.from(rows, (each) => (each ?? []).join('').trimEnd())
}
