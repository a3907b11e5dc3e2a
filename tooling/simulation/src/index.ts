/**
 * The deterministic simulator: the real engine on virtual time, against the provider's model, judged by its ledger. It
 * must never change what it runs: bugs are planted by wrapping ports. Begin reading at {@link runSeed}.
 */

// planted bugs
export { PLANTS } from './plants/all-plants.js'
export { findPlant, plantNamed } from './plants/find-plant.js'
// seeds that failed once
export { readRegressions } from './regressions/regressions.js'
// runs
export { runSeed, type SeedReport } from './run-seed.js'
export { shrinkSeed } from './shrink/shrink-seed.js'
export type { StoreKind } from './store/open-store.js'
export { countSweepCalls, doubleFaults, singleFaults, sweepFaults } from './sweep/sweep-all.js'
