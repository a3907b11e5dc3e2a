import { HalfrateError, InvalidInputError } from '@halfrate/core'
import { flow } from './flow.js'
import { lineText, span, together } from './line.js'
import { USAGE_STEP } from './usage-step.js'
import { visibleText } from './visible-text.js'

/**
 * An error for people: what is wrong and where, what can be done, and its code. Two lines of text, or as many as they need
 * where they are broken at a `width`.
 */
export function errorLines(error: unknown, width: number | null = null): readonly string[] {
  const [message = '', ...others] = textsOf(error)
  const step = others.pop() ?? ''
  const code = `(code ${textCodeOf(error)})`
  if (width === null) return [message, ...others, `  ${step}   ${code}`]
  return [
    ...flow([[span(message)]], { width, indent: 0, hang: HANG }),
    ...others.map((text) => [span(text)]),
    ...flow([[span(step)], [together(code)]], { width, indent: HANG, gap: 3 }),
  ].map(lineText)
}

const HANG = 2

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

// The first line, lines that stay as they are, and the step.
function textsOf(error: unknown): readonly string[] {
  if (error instanceof HalfrateError) {
    return [visibleText(error.message), visibleText(error.nextStep)]
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [...`something unexpected went wrong: ${text}`.split('\n'), UNEXPECTED_STEP]
}

function textCodeOf(error: unknown): string {
  return error instanceof HalfrateError ? codeOf(error) : 'unexpected'
}
