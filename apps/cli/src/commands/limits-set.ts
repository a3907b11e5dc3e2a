import { ConfigError, DEFAULT_ACCOUNT } from '@halfrate/core'
import { type LineLimit, lineStand, openAdminApi, setLineLimit } from '@halfrate/runtime'
import { readEnvironment } from '../config.js'
import { EXIT } from '../exit-code.js'
import { wholeNumber } from '../flags/parse-flag.js'
import { openExistingStore, type Place, placeOf, type StoreFlags } from '../run/store-options.js'
import { lineLines, lineObject } from '../screen/line-text.js'
import { printAnswer } from '../terminal/print-answer.js'

// What no contract comes near.
const MOST = 1_000_000_000

/** Flags of `limits set`. */
export interface LimitsSetFlags extends StoreFlags {
  readonly enqueued?: string | undefined
  readonly json?: boolean | undefined
}

/**
 * Says how many requests may be in line at the provider, for all workers on the store; or asks the provider.
 *
 * @throws {ConfigError} when nothing can be set, or the provider does not tell it.
 */
export async function limitsSet(flags: LimitsSetFlags): Promise<number> {
  const { enqueued } = flags
  if (enqueued === undefined) {
    throw new ConfigError(
      'expected a limit to set, got nothing.',
      'Give --enqueued a number of requests, none, or ask. Nothing was changed.',
    )
  }
  const place = placeOf(flags)
  const limitNow = enqueued === 'ask' ? await askerOf(place) : given(limitFlag(enqueued))
  await using half = await openExistingStore(place)
  const limit = await limitNow()
  await setLineLimit(half.store, DEFAULT_ACCOUNT, limit)
  const stand = await lineStand(half.store, DEFAULT_ACCOUNT)
  printAnswer(flags.json, { object: lineObject(stand), lines: lineLines(stand) })
  return EXIT.usable
}

function limitFlag(text: string): number | null {
  return text === 'none' ? null : wholeNumber('--enqueued', 1, MOST)(text)
}

function given(limit: number | null): () => Promise<number | null> {
  return () => Promise.resolve(limit)
}

async function askerOf({ baseUrl, clock }: Place): Promise<() => Promise<number>> {
  const { adminKey } = readEnvironment()
  const api = await openAdminApi({ baseUrl, adminKey, fast: clock })
  return async () => askedLimit(await api.lineLimit())
}

function askedLimit(answer: LineLimit): number {
  if (answer.type === 'failed') {
    throw new ConfigError(
      `the limits can't be had: ${answer.error.message}`,
      "See that ANTHROPIC_ADMIN_KEY is an admin key of this organization, or give the number that the provider's console shows. Nothing was changed.",
    )
  }
  if (answer.enqueuedRequests !== null) return answer.enqueuedRequests
  throw new ConfigError(
    'the provider names no limit of requests in line.',
    "Give the number that the provider's console shows, as --enqueued 200000. Nothing was changed.",
  )
}
