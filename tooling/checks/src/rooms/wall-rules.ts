import type { IForbiddenRuleType } from 'dependency-cruiser'
import { HOUSE_RULES, ROOMS, type Room } from './rooms.js'

/** A rule of dependency-cruiser that has a name to report and a sentence that says why it stands. */
export type WallRule = IForbiddenRuleType & { name: string; comment: string }

/** All walls of the house: one for each room, then those that many rooms share. */
export const WALL_RULES: readonly WallRule[] = [...ROOMS.map(wallOf), ...HOUSE_RULES]

/** Finds the room that holds a file, or null when nobody has written down a room for it. */
export function roomOf(path: string): Room | null {
  return ROOMS.find((room) => new RegExp(patternOf(room.path)).test(path)) ?? null
}

function wallOf(room: Room, index: number): WallRule {
  const earlier = ROOMS.slice(0, index).map((other) => patternOf(other.path))
  return {
    name: `wall-${room.name}`,
    comment: `${room.path} may import ${['itself', ...room.mayImport].join(', ')} and nothing else of ours.`,
    from: {
      path: patternOf(room.path),
      ...(earlier.length > 0 && { pathNot: earlier }),
    },
    to: {
      path: '^(packages|apps|tooling|examples)/[^/]+/src/',
      pathNot: [sameRoomOf(room.path), ...room.mayImport.map(patternOf)],
    },
  }
}

function patternOf(path: string): string {
  return `^${path.replaceAll('.', '\\.').replaceAll('*', '([^/]+)')}`
}

// `*` of the importing file's path is `$1` here: store-a may import itself, not store-b.
function sameRoomOf(path: string): string {
  return `^${path.replaceAll('.', '\\.').replaceAll('*', '$1')}`
}
