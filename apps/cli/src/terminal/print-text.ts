import { flow } from '../screen/flow.js'
import { span } from '../screen/line.js'
import { type MaybeTerminal, printLines } from './print-lines.js'

const HANG = 5

/** Writes lines of text: broken between words on a terminal, as they are elsewhere. */
export function printText(stream: MaybeTerminal, lines: readonly string[]): void {
  if (stream.isTTY === true) {
    const linesFor = (width: number) =>
      lines.flatMap((text) => flow([[span(text.trimStart())]], { width, hang: HANG }))
    printLines(stream, linesFor, { colours: false })
  } else {
    stream.write(`${lines.join('\n')}\n`)
  }
}
