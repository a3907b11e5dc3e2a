import type { LinesResponse } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'

const encoder = new TextEncoder()
const SUCCESS = '"result":{"type":"succeeded"'

/** A results body as whole lines in pieces of drawn sizes, as a reader of bytes gives them on. */
export function piecesOf(
  answer: LinesResponse,
  options: { readonly isContradicted: boolean; readonly draw: Draw },
): readonly (readonly Uint8Array[])[] {
  const { draw } = options
  const lines = [...answer.lines].filter(
    // Half a line at the end of a body that ended properly looks like a line; of one that broke off it is nothing.
    (line) => line.endsWith('\n') || answer.end === 'complete',
  )
  const told = options.isContradicted ? contradicted(lines, draw) : lines
  const pieces: Uint8Array[][] = []
  for (let at = 0; at < told.length; ) {
    const size = draw.whole(1, 12)
    pieces.push(told.slice(at, at + size).map((line) => encoder.encode(line.replace(/\n$/, ''))))
    at += size
  }
  return pieces
}

// Some rows are first said to have failed, and stand in the file as successes further down.
function contradicted(lines: readonly string[], draw: Draw): readonly string[] {
  const early = lines.filter((line) => line.includes(SUCCESS) && draw.chance(0.4)).map(failureOf)
  return [...early, ...lines]
}

function failureOf(line: string): string {
  const { custom_id } = JSON.parse(line) as { readonly custom_id: string }
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
  return `${JSON.stringify({ custom_id, result: { type: 'errored', error } })}\n`
}
