import { printText } from './print-text.js'

/** What a command has to say: for programs, and in lines for people. */
export interface Answer {
  readonly object: object
  readonly lines: readonly string[]
}

/** Writes to standard output what a command did: one object, or text that is broken between words on a terminal. */
export function printAnswer(isJson: boolean | undefined, { object, lines }: Answer): void {
  if (isJson === true) process.stdout.write(`${JSON.stringify(object)}\n`)
  else printText(process.stdout, lines)
}
