import { ConfigError } from '@halfrate/core'

const NEXT = 'Set ANTHROPIC_API_KEY to a key of your workspace. Nothing was sent.'

/** The error for a missing key. */
export function missingKey(): ConfigError {
  return new ConfigError(
    'there is no API key, and without one nothing can be sent to Claude.',
    NEXT,
  )
}

/**
 * Passes a key that a header can carry. What the key is, is never part of the error.
 *
 * @throws {ConfigError} when it has white space, control characters, or anything beyond ASCII in it.
 */
export function checkApiKey(apiKey: string): void {
  const at = apiKey.search(/[^\x21-\x7e]/)
  if (at < 0) return
  const what = /\s/.test(apiKey.charAt(at))
    ? 'white space or a line feed'
    : 'a character that is none of a key'
  throw new ConfigError(
    `the API key has ${what} at place ${at + 1}, so it was not copied as it is.`,
    NEXT,
  )
}
