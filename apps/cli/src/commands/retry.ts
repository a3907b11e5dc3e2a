import { ConfigError } from '@halfrate/core'
import { EXIT } from '../exit-code.js'
import { wholeNumber } from '../flags/parse-flag.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { checkCodes } from '../scope/failure-codes.js'
import { namedScope, type ScopeFlags } from '../scope/named-scope.js'
import { Retrying } from '../scope/retrying.js'
import { commandText } from '../screen/command-text.js'
import { retriedLines, retriedObject } from '../screen/retried-screen.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `retry`. */
export interface RetryFlags extends StoreFlags, ScopeFlags {
  readonly cutOff?: boolean | undefined
  readonly code?: string | undefined
  readonly maxTokens?: string | undefined
  readonly dryRun?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Appends a new request under the key of what failed or was canceled, and says what they can cost. Nothing is sent by it.
 *
 * @throws {ConfigError} when it is not said which, or a key or a code is not there.
 */
export async function retry(keys: readonly string[], flags: RetryFlags): Promise<number> {
  const place = placeOf(flags)
  const codes = codesOf(keys, flags, storeFlag(place))
  const maxTokens =
    flags.maxTokens === undefined
      ? null
      : wholeNumber('--max-tokens', 1, 1_000_000)(flags.maxTokens)
  await using half = await openExistingStore(place)
  const where = await namedScope(half, flags, storeFlag(place))
  if (keys.length === 0) await checkCodes(half, where, codes)
  const isDryRun = flags.dryRun === true
  const retrying = new Retrying({ half, where, maxTokens, isDryRun })
  if (keys.length > 0) await retrying.byKey(keys)
  else await retrying.byCode(codes)
  const facts = { ...retrying.counts, where: where.text, maxTokens, isDryRun }
  const lines = retriedLines(facts, commandText('work', storeFlag(place)))
  printAnswer(flags.json, { object: retriedObject(facts), lines })
  const isRefused = keys.length > 0 && Object.keys(facts.refused).length > 0
  return isRefused ? EXIT.someNotUsable : EXIT.usable
}

// Which failures are meant, by our reason or the provider's type of error.
function codesOf(
  keys: readonly string[],
  { cutOff, code }: RetryFlags,
  flag: string,
): ReadonlySet<string> {
  const codes = new Set((code ?? '').split(',').map((each) => each.trim()))
  if (cutOff === true) codes.add('cut_off')
  codes.delete('')
  if (keys.length > 0 && codes.size > 0) {
    throw new ConfigError(
      "keys can't go together with --cut-off or --code.",
      'Choose one. Nothing was changed.',
    )
  }
  if (keys.length > 0 || codes.size > 0) return codes
  throw new ConfigError(
    'expected keys, --cut-off or --code, got none of them.',
    `Name what to send again; ${commandText('results', flag)} shows the code of every error. Nothing was changed.`,
  )
}
