import { DEFAULT_ACCOUNT, DEFAULT_PROJECT } from '@halfrate/core'
import { type PauseScope, pauseByHand, resumeByHand } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { checkQueue } from '../scope/known-queue.js'
import { commandText } from '../screen/command-text.js'
import { printText } from '../terminal/print-text.js'

/** Flags of `pause` and `resume`. */
export interface PauseFlags extends StoreFlags {
  readonly queue?: string | undefined
  readonly note?: string | undefined
  readonly json?: boolean | undefined
}

/**
 * Holds back what is not sent yet, until `resume`. What is at Claude still comes home.
 *
 * @throws {ConfigError} when the store has no such queue.
 */
export async function pause(flags: PauseFlags): Promise<number> {
  const scope = scopeOf(flags)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  if (scope.type === 'queue') await checkQueue(half, scope.queue)
  const isNew = await pauseByHand(half.store, scope, flags.note ?? null)
  const words = `resume${flags.queue === undefined ? '' : ` --queue ${flags.queue}`}`
  const how = commandText(words, storeFlag(place))
  const said = isNew ? 'paused; what is at Claude still comes home' : 'it was paused already'
  say(
    flags,
    { type: 'paused', queue: flags.queue ?? null, changed: isNew },
    `${said}. ${how} ends it`,
  )
  return EXIT.usable
}

/**
 * Ends a pause by hand, and lets what paused by itself be tried at once.
 *
 * @throws {ConfigError} when the store has no such queue.
 */
export async function resume(flags: PauseFlags): Promise<number> {
  const scope = scopeOf(flags)
  await using half = await openExistingStore(placeOf(flags))
  if (scope.type === 'queue') await checkQueue(half, scope.queue)
  const isChanged = await resumeByHand(half.store, scope)
  const object = { type: 'resumed', queue: flags.queue ?? null, changed: isChanged }
  say(flags, object, isChanged ? 'resumed' : 'nothing was paused')
  return EXIT.usable
}

function scopeOf({ queue }: PauseFlags): PauseScope {
  return queue === undefined
    ? { type: 'account', account: DEFAULT_ACCOUNT }
    : { type: 'queue', project: DEFAULT_PROJECT, queue: queueFlag('--queue')(queue) }
}

function say({ json }: PauseFlags, object: object, text: string): void {
  if (json === true) process.stdout.write(`${JSON.stringify(object)}\n`)
  else printText(process.stderr, [text])
}
