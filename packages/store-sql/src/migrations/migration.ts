import type { SqlFlavor } from '../flavor.js'

/** One numbered step of the schema. Forward only; the same name in every database. */
export interface Migration {
  /** `NNNN_name`; sorts by age. */
  readonly name: string
  /** Whether workers of older versions must be stopped first. */
  readonly breaking: boolean
  /** Statements, to be run in one transaction in this order. */
  readonly statements: (flavor: SqlFlavor) => readonly string[]
}
