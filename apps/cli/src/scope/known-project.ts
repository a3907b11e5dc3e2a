import { ConfigError, DEFAULT_PROJECT, type ProjectId } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'

/**
 * Refuses the name of a project that nothing in a store ever named: what is done to it would be done to nothing.
 *
 * @throws {ConfigError} naming it, and the one that is in every store.
 */
export async function checkProject(half: Pick<Halfrate, 'store'>, name: ProjectId): Promise<void> {
  if (name === DEFAULT_PROJECT) return
  if ((await half.store.listQueues({ project: name })).length > 0) return
  throw new ConfigError(
    `this store has no project ${JSON.stringify(name)}.`,
    `Nothing was changed. Everything of the command line is in project ${DEFAULT_PROJECT}; another one begins with its first request.`,
  )
}
