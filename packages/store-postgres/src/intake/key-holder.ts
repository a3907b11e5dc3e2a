import type { IntakeRow } from '@halfrate/core'

/** A new request on its way into the tables. */
export interface NewRequest {
  readonly id: number
  readonly row: IntakeRow
  readonly supersedesId: number | null
  /** A later row of the same page can take its place. */
  supersededBy: number | null
}

/** Who has a key: the newest request under it, from the tables or from the page itself. */
export interface KeyHolder {
  readonly id: number
  readonly key: string
  readonly paramsHash: Uint8Array
  readonly part: number
  listedPart: number
  row: number | null
  /** The request of this page that it is; null for one from the tables. */
  readonly added: NewRequest | null
}
