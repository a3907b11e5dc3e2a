import { ConfigError } from '@halfrate/core'
import { nearNames } from '@halfrate/core/intake'

const NEXT_STEP = 'Correct the file. Nothing was changed or sent.'

/** The error for a config file that can't be used; its message begins with the place. */
export function configFault(
  place: string,
  problem: string,
  rest: { readonly nextStep?: string; readonly cause?: unknown } = {},
): ConfigError {
  const { nextStep = NEXT_STEP, cause } = rest
  return new ConfigError(
    `${place}: ${problem}`,
    nextStep,
    ...(cause === undefined ? [] : [{ cause }]),
  )
}

/** The error for a name that a config file can't have, with those that it can have. */
export function unknownName(
  place: string,
  params: { readonly name: string; readonly what: string; readonly known: readonly string[] },
): ConfigError {
  const { name, what, known } = params
  const [near] = nearNames(name, known, 1)
  const meant = near === undefined ? '' : ` Did you mean ${near}?`
  return configFault(place, `there is no ${what} ${JSON.stringify(name)}.${meant}`, {
    nextStep: `There are ${known.join(', ')}. Nothing was changed or sent.`,
  })
}

const MOST_SHOWN = 80

/** A value of a file as an error shows it. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value === 'string') return JSON.stringify(value.slice(0, MOST_SHOWN))
  return typeof value === 'function' ? 'a function' : String(value)
}

/** Whether a value has members. */
export function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
