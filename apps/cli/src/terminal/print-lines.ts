import { type Line, lineText, paintLine } from '../screen/line.js'
import { widthFor } from './width-for.js'

/** A stream that may be a terminal. */
export interface MaybeTerminal {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

// Where there is no terminal, lines are as long as they need to be.
const PLAIN_WIDTH = 120

/** Prints a screen once: fitted and coloured for a terminal, plain text elsewhere. */
export function printLines(
  stream: MaybeTerminal,
  linesFor: (width: number) => readonly Line[],
  { colours }: { readonly colours: boolean },
): void {
  const isTerminal = stream.isTTY === true
  const width = isTerminal ? widthFor(stream) : PLAIN_WIDTH
  for (const line of linesFor(width)) {
    const text = isTerminal ? paintLine(line, { colours }) : lineText(line).trimEnd()
    stream.write(`${text}\n`)
  }
}
