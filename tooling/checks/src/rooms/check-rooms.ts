import type { Step } from '../step.js'
import { cruiseHouse, type WallViolation } from './cruise-house.js'

/** The check that no import crosses a wall between the rooms. */
export const checkRooms: Step = {
  name: 'rooms',
  async run(root) {
    const { fileCount, importCount, violations } = await cruiseHouse(root)
    return {
      // An empty house passes every wall, so having read nothing is a failure.
      isOk: violations.length === 0 && fileCount > 0,
      note: `${importCount} imports in ${fileCount} files`,
      output: violations.map(lineOf).join('\n'),
    }
  },
}

function lineOf({ rule, from, to, comment }: WallViolation): string {
  return `${from} → ${to}\n    ${rule}: ${comment}`
}
