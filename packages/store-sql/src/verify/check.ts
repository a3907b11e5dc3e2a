import type { RawBuilder } from 'kysely'
import type { QueryWords } from '../reads/queries.js'

/** Part of a table by its key: above `after`, up to and with `upTo`. */
export interface KeyRange {
  readonly after: number
  readonly upTo: number
}

/** A row of what is broken. */
export interface BrokenRow {
  /** Says what is broken, naming ids. */
  readonly message: string
}

/** Finds rows of a range that break one of the invariants of the design. */
export interface Check {
  /** `I1` to `I16`. */
  readonly invariant: string
  readonly find: (range: KeyRange, words: QueryWords) => RawBuilder<BrokenRow>
}
