import { ConfigError, type ProjectId } from '@halfrate/core'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/

/**
 * Reads the name of a project.
 *
 * @throws {ConfigError} naming the flag, when no project can have that name.
 */
export function projectFlag(flag: string): (text: string) => ProjectId {
  return (text) => {
    if (NAME.test(text)) return text as ProjectId
    throw new ConfigError(
      `${flag}: ${JSON.stringify(text)} can't be a project's name.`,
      'Its name has 1 to 64 of the characters A-Z a-z 0-9 _ . - (all of the command line is in project default).',
    )
  }
}
