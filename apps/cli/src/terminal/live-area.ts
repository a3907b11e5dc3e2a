import { type Line, paintLine } from '../screen/line.js'

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
 * Never writes into the last column, so that no terminal wraps a row and throws the counting off.
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
    return Math.max(20, Math.min(this.#terminal.columns ?? 80, 160) - 1)
  }

  /** Rows that the area may take. */
  get height(): number {
    return Math.max(4, (this.#terminal.rows ?? 24) - 2)
  }

  /** Draws the rows in place of the last ones. Writes nothing when nothing changed. */
  draw(lines: readonly Line[]): void {
    const rows = lines.map((line) => paintLine(line, { width: this.width, colours: this.#colours }))
    const text = rows.map((row) => `${row}${ERASE_TO_LINE_END}\n`).join('')
    if (text === this.#shown) return
    this.#terminal.write(`${HIDE_CURSOR}${this.#back()}${text}${ERASE_BELOW}`)
    this.#rows = rows.length
    this.#shown = text
  }

  /** Writes lines above the area, for good. */
  print(lines: readonly Line[]): void {
    const rows = lines.map((line) => paintLine(line, { width: this.width, colours: this.#colours }))
    const text = rows.map((row) => `${row}${ERASE_TO_LINE_END}\n`).join('')
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

  #back(): string {
    return this.#rows === 0 ? '' : `\x1b[${this.#rows}A\r`
  }
}
