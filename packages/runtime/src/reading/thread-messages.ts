import type { PackedRows } from './packed-rows.js'

/** What a reading thread is started with. */
export interface ReadingTask {
  /** The file that it opens. */
  readonly path: string
  /** How errors call it. */
  readonly file: string
  /** Two counters, packs sent and packs taken, by which the thread keeps from running ahead. */
  readonly counters: Int32Array<SharedArrayBuffer>
}

/** Where a task's counter of packs sent stands. */
export const SENT = 0
/** Where its counter of packs taken stands. */
export const TAKEN = 1

/** What a reading thread says. After `end` or `refused` it says no more. */
export type ThreadMessage =
  | { readonly type: 'rows'; readonly packed: PackedRows }
  | { readonly type: 'end'; readonly sha256: string | null }
  | {
      readonly type: 'refused'
      readonly place: {
        readonly file: string | null
        readonly line: number | null
        readonly field: string | null
      }
      readonly rule: string
      readonly problem: string
      readonly nextStep: string
    }
