import { randomBytes } from 'node:crypto'
import type { EpochMs } from '@halfrate/core'

/** The machine's clock. */
export const systemNow = (): EpochMs => Date.now()

/** So many bytes that nobody can guess. */
export const systemBytes = (count: number): Buffer => randomBytes(count)
