import { ConfigError } from '@halfrate/core'
import {
  type CanceledRequests,
  cancelRequests,
  cancelScope,
  type Halfrate,
} from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { livesOf, type NamedScope, namedScope, type ScopeFlags } from '../scope/named-scope.js'
import { canceledText } from '../screen/canceled-text.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `cancel`. */
export interface CancelFlags extends StoreFlags, ScopeFlags {
  readonly all?: boolean | undefined
  readonly json?: boolean | undefined
}

interface Canceled extends CanceledRequests {
  /** Done, or canceled, before. */
  readonly unchanged: number
}

/**
 * Cancels requests by their keys, or all of a job or a queue.
 *
 * @throws {ConfigError} when neither keys nor `--all` are given, or both, or a key is not there.
 */
export async function cancel(keys: readonly string[], flags: CancelFlags): Promise<number> {
  checkWhich(keys, flags)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const where = await namedScope(half, flags, storeFlag(place))
  const done =
    flags.all === true ? await cancelAll(half, where) : await cancelKeys(half, where, keys)
  const { canceled, withdrawn, flagged, unchanged } = done
  const object = { type: 'canceled', canceled, withdrawn, at_claude: flagged, unchanged }
  printAnswer(flags.json, { object, lines: [canceledText(where.text, done)] })
  return EXIT.usable
}

function checkWhich(keys: readonly string[], { all, job, queue }: CancelFlags): void {
  if (all === true && keys.length > 0) {
    throw new ConfigError("keys and --all can't go together.", 'Choose one. Nothing was changed.')
  }
  if (all !== true && keys.length === 0) {
    throw new ConfigError(
      'expected keys, or --all, got neither.',
      'Name what to cancel. Nothing was changed.',
    )
  }
  if (all === true && job === undefined && queue === undefined) {
    throw new ConfigError(
      '--all: expected --job or --queue beside it.',
      'Name the job or the queue. Nothing was changed.',
    )
  }
}

async function cancelAll({ store }: Halfrate, { scope }: NamedScope): Promise<Canceled> {
  return { ...(await cancelScope(store, scope)), unchanged: 0 }
}

async function cancelKeys(
  half: Halfrate,
  where: NamedScope,
  keys: readonly string[],
): Promise<Canceled> {
  const lives = await livesOf(half, where, keys)
  const ids = lives.map(({ request }) => request.id)
  const done = await cancelRequests(half.store, where.scope, ids)
  const { canceled, withdrawn, flagged } = done
  return { ...done, unchanged: ids.length - canceled - withdrawn - flagged }
}
