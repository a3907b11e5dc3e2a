import { HalfrateError, InvalidInputError } from '@halfrate/core'
import { USAGE_STEP } from './usage-step.js'
import { visibleText } from './visible-text.js'

/** An error for people: what is wrong and where, what can be done, and its code. Two or three lines of text. */
export function errorLines(error: unknown): readonly string[] {
  if (!(error instanceof HalfrateError)) return unexpectedLines(error)
  const { message, nextStep } = error
  return [visibleText(message), `  ${visibleText(nextStep)}   (code ${codeOf(error)})`]
}

const UNEXPECTED_STEP =
  'Nothing that was accepted is lost. Please report this; the same command goes on where it stopped.'

/** Stable codes of what is no error of the family: a command line that can't be read, and a bug. */
type CommandCode = 'usage' | 'unexpected'

/** An error for programs. */
export interface ErrorObject {
  readonly type: 'error'
  readonly code: string
  readonly message: string
  readonly next_step: string
  readonly file: string | null
  readonly line: number | null
  readonly field: string | null
}

/** The same as {@link errorLines}, as one object. */
export function errorObject(error: unknown): ErrorObject {
  const place = error instanceof InvalidInputError ? error.place : null
  return {
    type: 'error',
    ...objectWords(error),
    file: place?.file ?? null,
    line: place?.line ?? null,
    field: place?.field ?? null,
  }
}

// What the reader of the command line refuses has a code of its own, `commander.…`, and begins as it stands on a screen.
function objectWords(error: unknown): Pick<ErrorObject, 'code' | 'message' | 'next_step'> {
  if (error instanceof HalfrateError) {
    return { code: codeOf(error), message: error.message, next_step: error.nextStep }
  }
  const message = error instanceof Error ? error.message : String(error)
  const isUsage = error instanceof Error && error.name === 'CommanderError'
  const code: CommandCode = isUsage ? 'usage' : 'unexpected'
  const next_step = isUsage ? USAGE_STEP : UNEXPECTED_STEP
  return { code, message: isUsage ? message.replace(/^error: /, '') : message, next_step }
}

function codeOf(error: HalfrateError): string {
  return error instanceof InvalidInputError ? error.rule : error.code
}

function unexpectedLines(error: unknown): readonly string[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [`something unexpected went wrong: ${text}`, `  ${UNEXPECTED_STEP}   (code unexpected)`]
}
