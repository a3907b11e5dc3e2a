/**
 * The reference store: readable, in memory, for one process. It decides nothing by itself (that is `policy/`) and
 * keeps nothing on disk. Read on in the Store port, which says what each call promises.
 */
export { MemoryStore, type MemoryStoreOptions } from './memory-store.js'
export type { MemorySnapshot } from './snapshot.js'
