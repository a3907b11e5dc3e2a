import type { Delimiter } from '../rows/delimiter.js'
import type { AuditTally } from './audit-tally.js'
import type { FieldNames } from './usage-fields.js'

/** What to read rows by, and who takes them. */
export interface ReadUsageParams {
  readonly names: FieldNames
  /** Between the cells of CSV; null to tell it by the header. */
  readonly delimiter: Delimiter | null
  readonly tally: AuditTally
}
