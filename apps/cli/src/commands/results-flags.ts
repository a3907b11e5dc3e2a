import type { Halfrate } from '@halfrate/runtime'
import type { OutputTarget } from '../output/output-target.js'
import type { RowLines } from '../output/row-lines.js'
import type { RowWriter } from '../output/row-writer.js'
import type { StoreFlags } from '../run/store-options.js'

/** Flags of `results`. */
export interface ResultsFlags extends StoreFlags {
  readonly job?: string | undefined
  readonly queue?: string | undefined
  readonly output: string
  readonly format?: string | undefined
  readonly soFar?: boolean | undefined
  readonly since?: string | undefined
  readonly after?: string | undefined
  readonly json?: boolean | undefined
}

/** An opened output and what is written there. */
export interface ResultsOutput {
  readonly half: Halfrate
  readonly target: OutputTarget
  readonly lines: RowLines
  readonly writer: RowWriter
  readonly storeFlag: string
}
