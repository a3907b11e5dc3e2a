/**
 * The deterministic simulator: the real engine on virtual time, against the provider's model, judged by its ledger. It
 * must never change what it runs: bugs are planted by wrapping ports. Begin reading at {@link runSeed}.
 */

// commands
export { findPlant } from './command/run-plants.js'
// planted bugs
export { PLANTS } from './plants/all-plants.js'
// runs
export { runSeed } from './run-seed.js'
export type { StoreKind } from './store/open-store.js'
export { sweepAll } from './sweep/sweep-all.js'
