import type { SqlFlavor } from '../flavor.js'

/** One numbered step of the schema. Forward only; the same name in every database. */
export interface Migration {
  /** `NNNN_name`; sorts by age. */
  readonly name: string
  /**
   * Whether an older version would do harm. After a breaking one it refuses to open the store, and one that is at work refuses its
   * next write; beside any other it goes on, also when it is started again.
   */
  readonly breaking: boolean
  /** Statements, to be run in one transaction in this order. */
  readonly statements: (flavor: SqlFlavor) => readonly string[]
}
