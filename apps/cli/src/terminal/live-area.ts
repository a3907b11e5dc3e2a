import { type Line, lineText, paintLine } from '../screen/line.js'
import { clustersOf, widthOf } from '../screen/text-width.js'
import { widthFor } from './width-for.js'

/** The part of a terminal that is written to. */
export interface Terminal {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const ERASE_TO_LINE_END = '\x1b[K'
const ERASE_BELOW = '\x1b[J'

/**
 * Rows at the end of a terminal that are drawn over and over, while lines above them scroll away as usual.
 *
 * A row that is wider than the terminal, as a long command or path may be, is broken by that and counts as the rows that it
 * takes. Others stay out of the last column, where terminals differ.
 */
export class LiveArea {
  readonly #terminal: Terminal
  readonly #colours: boolean
  #rows = 0
  #shown = ''

  constructor(terminal: Terminal, colours: boolean) {
    this.#terminal = terminal
    this.#colours = colours
  }

  /** Columns that a row may take. */
  get width(): number {
    return widthFor(this.#terminal)
  }

  /** Rows that the area may take. */
  get height(): number {
    return Math.max(4, (this.#terminal.rows ?? 24) - 2)
  }

  /** Whether anything is drawn. */
  get isShown(): boolean {
    return this.#shown !== ''
  }

  /** Draws the rows in place of the last ones. Writes nothing when nothing changed. */
  draw(lines: readonly Line[]): void {
    const text = this.#textOf(lines)
    if (text === this.#shown) return
    this.#terminal.write(`${HIDE_CURSOR}${this.#back()}${text}${ERASE_BELOW}`)
    this.#rows = lines.reduce((sum, line) => sum + this.#rowsOf(line), 0)
    this.#shown = text
  }

  /** Writes lines above the area, for good. */
  print(lines: readonly Line[]): void {
    const text = this.#textOf(lines)
    this.#terminal.write(`${this.#back()}${text}${ERASE_BELOW}${this.#shown}`)
  }

  /** Leaves what is drawn where it is and gives the cursor back. */
  end(): void {
    if (this.#shown !== '') this.#terminal.write(SHOW_CURSOR)
    this.#rows = 0
    this.#shown = ''
  }

  /** Takes the area away. */
  clear(): void {
    if (this.#shown !== '') this.#terminal.write(`${this.#back()}${ERASE_BELOW}`)
    this.end()
  }

  // What stood below a row that is broken is erased before it is written: erasing behind its end could take its last column.
  #textOf(lines: readonly Line[]): string {
    return lines
      .map((line) => {
        const row = paintLine(line, { colours: this.#colours })
        const isBroken = this.#rowsOf(line) > 1
        return isBroken ? `${ERASE_BELOW}${row}\n` : `${row}${ERASE_TO_LINE_END}\n`
      })
      .join('')
  }

  #rowsOf(line: Line): number {
    const columns = this.#terminal.columns ?? 80
    let rows = 1
    let taken = 0
    for (const cluster of clustersOf(lineText(line))) {
      const width = widthOf(cluster)
      if (taken + width > columns) {
        rows += 1
        taken = 0
      }
      taken += width
    }
    return rows
  }

  #back(): string {
    return this.#rows === 0 ? '' : `\x1b[${this.#rows}A\r`
  }
}
