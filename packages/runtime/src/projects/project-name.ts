import { ConfigError, type ProjectId } from '@halfrate/core'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/

/**
 * Checks the name of a project.
 *
 * @throws {ConfigError} when no project can have that name.
 */
export function projectName(name: string): ProjectId {
  if (NAME.test(name)) return name as ProjectId
  throw new ConfigError(
    `project: expected 1 to 64 of A-Z a-z 0-9 _ . -, got ${JSON.stringify(String(name).slice(0, 80))}.`,
    'Choose another name.',
  )
}
