import type { Store } from '@halfrate/core'

/** A store whose data can be put back from a backup, under the feet of whoever has it. */
export interface RestorableStore {
  /** The store as everybody has it, before and after. */
  readonly store: Store
  /** Makes a backup. Nothing else is under way meanwhile. */
  backup(): Promise<Backup>
}

/** A backup. Only the newest one can be put back. */
export interface Backup {
  /** Puts it back. What happened since is gone. */
  putBack(): Promise<void>
}
