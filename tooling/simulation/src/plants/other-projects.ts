import { DEFAULT_PROJECT, type ProjectId } from '@halfrate/core'
import { NEIGHBOUR } from '../scenario/neighbour.js'

/** The projects of a run besides the given one. */
export function otherProjects(own: ProjectId): readonly ProjectId[] {
  return [DEFAULT_PROJECT, NEIGHBOUR].filter((project) => project !== own)
}
