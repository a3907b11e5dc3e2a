import { flow } from '../screen/flow.js'
import { span } from '../screen/line.js'
import { printLines } from './print-lines.js'

/** What a command has to say: for programs, and in lines for people. */
export interface Answer {
  readonly object: object
  readonly lines: readonly string[]
}

const HANG = 5

/** Writes to standard output what a command did: one object, or text that is broken between words on a terminal. */
export function printAnswer(isJson: boolean | undefined, { object, lines }: Answer): void {
  if (isJson === true) {
    process.stdout.write(`${JSON.stringify(object)}\n`)
  } else if (process.stdout.isTTY) {
    const linesFor = (width: number) =>
      lines.flatMap((text) => flow([[span(text.trimStart())]], { width, hang: HANG }))
    printLines(process.stdout, linesFor, { colours: false })
  } else {
    process.stdout.write(`${lines.join('\n')}\n`)
  }
}
