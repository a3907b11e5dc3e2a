import { type InputPlace, InvalidInputError } from '../../errors.js'

/** Stable codes of what can be wrong with an input; `InvalidInputError.rule` is one of them. */
export type IntakeRule =
  | 'invalid_json'
  | 'duplicate_member'
  | 'unknown_member'
  | 'too_deep'
  | 'not_utf8'
  | 'line_too_long'
  | 'empty_input'
  | 'missing_key'
  | 'invalid_key'
  | 'key_too_long'
  | 'repeated_key'
  | 'invalid_params'
  | 'unsupported_param'
  | 'item_too_large'
  | 'invalid_source'
  | 'path_not_taken'
  | 'invalid_deadline'
  | 'invalid_labels'
  | 'invalid_route'

/** A place in an input whose member is not known yet. */
export type LinePlace = Pick<InputPlace, 'file' | 'line'>

/** The place of a request that came from a program and not from a file. */
export const NO_PLACE: LinePlace = { file: null, line: null }

/** What is wrong, before it becomes an error. */
export interface Refusal {
  readonly place: LinePlace
  /** Path of the member; null when it is about the whole line. */
  readonly field: string | null
  readonly rule: IntakeRule
  /** What was expected and what came. */
  readonly problem: string
  /** Sentences to stand before the usual advice. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** Makes the error for an input that can't be taken; its next step ends with what to do. */
export function refusal(params: Refusal): InvalidInputError {
  const { place, field, rule, problem, hint, cause } = params
  return new InvalidInputError({
    place: { file: place.file, line: place.line, field },
    rule,
    problem,
    nextStep: [hint, 'Nothing was sent.', adviceAt(place)].filter(Boolean).join(' '),
    ...(cause === undefined ? {} : { cause }),
  })
}

function adviceAt({ file, line }: LinePlace): string {
  if (file === null && line === null) return 'Fix the request, then enqueue it again.'
  return `Fix the ${line === null ? 'file' : 'line'}, then run the same command again.`
}
