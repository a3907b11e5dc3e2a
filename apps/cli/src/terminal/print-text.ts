import { flow } from '../screen/flow.js'
import { type Line, listed, span } from '../screen/line.js'
import { type MaybeTerminal, printLines } from './print-lines.js'

const HANG = 5

/** Writes lines of text: broken between words on a terminal, as they are elsewhere. */
export function printText(stream: MaybeTerminal, lines: readonly string[]): void {
  if (stream.isTTY === true) {
    const linesFor = (width: number) =>
      lines.flatMap((text) => flow([partsOf(text)], { width, hang: HANG }))
    printLines(stream, linesFor, { colours: false })
  } else {
    stream.write(`${lines.join('\n')}\n`)
  }
}

function partsOf(text: string): Line {
  return listed(
    text
      .trimStart()
      .split(' · ')
      .map((part) => span(part)),
  )
}
