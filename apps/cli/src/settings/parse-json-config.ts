import { InvalidInputError } from '@halfrate/core'
import { sliceMembers } from '@halfrate/core/intake'
import { configFault } from './config-fault.js'

const NEXT_STEP =
  'Correct the file. JSON has no comments, and no comma after the last member; halfrate.config.ts may have both. Nothing was changed or sent.'

/**
 * Reads a config file of JSON. A name that stands there twice is refused, since only one of the two would count.
 *
 * @throws {ConfigError} with the line.
 */
export function parseJsonConfig(name: string, text: string): unknown {
  const bytes = new TextEncoder().encode(text)
  try {
    sliceMembers(bytes)
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw jsonFault(name, text, error)
  }
}

// It was read as a line is, whose places are columns.
function jsonFault(name: string, text: string, error: InvalidInputError): Error {
  const column = /,? at column (\d+)/.exec(error.problem)
  const place = column === null ? name : `${name}:${lineOf(text, Number(column[1]))}`
  const field = error.place.field === null ? '' : `${error.place.field}: `
  const problem = error.problem
    .replace(column?.[0] ?? '', '')
    .replace('end of the line', 'end of the file')
  return configFault(place, `${field}${problem}`, { nextStep: NEXT_STEP, cause: error })
}

function lineOf(text: string, column: number): number {
  return [...text].slice(0, column - 1).filter((char) => char === '\n').length + 1
}
