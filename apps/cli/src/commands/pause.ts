import { ConfigError, DEFAULT_ACCOUNT, DEFAULT_PROJECT, type QueueName } from '@halfrate/core'
import { type PauseScope, pauseByHand, resumeByHand } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'

/** Flags of `pause` and `resume`. */
export interface PauseFlags extends StoreFlags {
  readonly queue?: string | undefined
  readonly note?: string | undefined
}

const QUEUE = /^[A-Za-z0-9_.-]{1,64}$/

/** Holds back what is not sent yet, until `resume`. What is at Claude still comes home. */
export async function pause(flags: PauseFlags): Promise<number> {
  const scope = scopeOf(flags)
  await using half = await openExistingStore(placeOf(flags))
  const isNew = await pauseByHand(half.store, scope, flags.note ?? null)
  const how = `halfrate resume${flags.queue === undefined ? '' : ` --queue ${flags.queue}`}`
  const said = isNew ? 'paused; what is at Claude still comes home' : 'it was paused already'
  process.stderr.write(`${said}. ${how} ends it\n`)
  return EXIT.usable
}

/** Ends a pause by hand, and lets what paused by itself be tried at once. */
export async function resume(flags: PauseFlags): Promise<number> {
  const scope = scopeOf(flags)
  await using half = await openExistingStore(placeOf(flags))
  const isChanged = await resumeByHand(half.store, scope)
  process.stderr.write(isChanged ? 'resumed\n' : 'nothing was paused\n')
  return EXIT.usable
}

function scopeOf({ queue }: PauseFlags): PauseScope {
  if (queue === undefined) return { type: 'account', account: DEFAULT_ACCOUNT }
  if (QUEUE.test(queue)) {
    return { type: 'queue', project: DEFAULT_PROJECT, queue: queue as QueueName }
  }
  throw new ConfigError(
    `--queue: ${JSON.stringify(queue)} can't be a queue's name.`,
    'Its name has 1 to 64 of the characters A-Z a-z 0-9 _ . - (halfrate run fills the queue run).',
  )
}
