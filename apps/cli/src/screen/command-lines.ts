import { type Line, span } from './line.js'

const INDENT = '   '

/** A command to be copied: in one line however long it is, since a terminal that breaks a line copies it as one. */
export function commandLines(command: string): readonly Line[] {
  return [[span(`${INDENT}${command}`, 'bold')]]
}
