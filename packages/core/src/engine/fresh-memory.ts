import type { EngineMemory } from './context.js'
import { WholeFiles } from './whole-files.js'

/** What a worker remembers that has just begun. */
export function freshMemory(): EngineMemory {
  return {
    sealingKeys: [],
    maySend: false,
    isSendingStopped: false,
    unsentBefore: 0,
    refusedInARow: 0,
    takenCounts: new Set(),
    fetches: 0,
    waitingJobs: new Map(),
    canaries: new Map(),
    primers: new Map(),
    waitingGroups: new Map(),
    lateGroups: new Set(),
    wholeFiles: new WholeFiles(),
    isOtherWorkspace: false,
  }
}
