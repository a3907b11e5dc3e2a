import type { AfterAbsence, NanoUsd, OnConflict, OnLostAnswer, QueuePolicy } from '@halfrate/core'
import type { DeadlineFlags } from '../flags/deadline-flag.js'
import type { RowFormat } from '../output/row-lines.js'
import type { SendingRules } from '../preflight/permission.js'
import type { RowSettings } from '../rows/row-settings.js'
import type { NotifyTarget } from './notify.js'
import type { Place } from './store-options.js'

/** What a run is asked to do. */
export interface RunRequest {
  readonly place: Place
  /** One file, or `-` for standard input; then there is a `job`. With `rows` also patterns, and many files. */
  readonly files: readonly string[]
  /** How requests are made of rows; by default the file holds requests. */
  readonly rows?: RowSettings | null | undefined
  readonly output: string
  /** Default: from the file's name. */
  readonly job?: string | undefined
  /** Most rows to take in, from the beginning. Default: all. */
  readonly limit?: number | undefined
  /** What has to be so for rows to be sent. */
  readonly rules: Omit<SendingRules, 'canAsk'>
  /** Whether somebody at a terminal may be asked. */
  readonly mayAsk: boolean
  /** Say what would be sent, and leave nothing behind. */
  readonly isDryRun?: boolean | undefined
  /** Ask the provider for the tokens of a sample before anything is sent. */
  readonly isToCount?: boolean | undefined
  /** Don't wait for answers once everything is sent. */
  readonly isDetached?: boolean | undefined
  /** The command that waits for the answers of a detached run and writes them. */
  readonly collect: string
  /** Who is told of the end. */
  readonly notify?: NotifyTarget | undefined
  /** Most rows in one batch. Default: as the queue has it. */
  readonly batchSize?: number | undefined
  readonly onLostAnswer?: OnLostAnswer | undefined
  /** Unusable answers that count as usable. Default: as the queue has it. */
  readonly accept?: QueuePolicy['accept'] | undefined
  /** Whether custom ids end in keys. Default: as the queue has it. */
  readonly keyTails?: boolean | undefined
  /** When rows are wanted that don't say it themselves. Default: no instant. */
  readonly wantedBy?: DeadlineFlags | undefined
  readonly afterAbsence?: AfterAbsence | undefined
  readonly onConflict: OnConflict
  /** How long what is under way may go on after a signal, milliseconds of real time. */
  readonly graceMs: number
  readonly format: RowFormat
  /** The command that goes on with this run, as a shell takes it. */
  readonly resume: string
  /** The same with another cap in whole cents; null for none. */
  readonly withCap: (capNano: NanoUsd | null) => string
  /** Said when it is interrupted, in place of what is usual. */
  readonly interruptedText?: string | undefined
}

/** What was asked for now stands in the queue's policy; the rest stays as an earlier run left it. */
export function policyOf(request: RunRequest): Partial<QueuePolicy> {
  const { batchSize, onLostAnswer, accept, keyTails } = request
  return {
    flush: { count: batchSize ?? 100_000, bytes: 200_000_000, ageMs: 0 },
    ...(batchSize === undefined ? {} : { maxBatchRequests: batchSize }),
    ...(onLostAnswer === undefined ? {} : { onLostAnswer }),
    ...(accept === undefined ? {} : { accept }),
    ...(keyTails === undefined ? {} : { keyTails }),
  }
}
