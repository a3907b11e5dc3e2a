import type { Transport } from '@halfrate/core'
import { checkApiKey, missingKey } from './api-key.js'
import { type FastClock, refuseFastClockAtProvider } from './fast-clock.js'
import { isLoopback } from './provider-url.js'
import { systemNow } from './system.js'

/** Where the provider is, and what it is asked with. */
export interface TransportPlace {
  readonly baseUrl: URL
  /** The key, or what gives it at each call. May be null where the base URL leads to this machine. */
  readonly apiKey: string | (() => string | Promise<string>) | null
  readonly fast: FastClock | null
}

/**
 * One transport for the life of the process, because it remembers what was sent; made when it is first asked for.
 *
 * Asking throws `ConfigError` when the key is missing or can't be one, or the clock is a fast one and the provider the
 * real one.
 */
export function transportOnce(place: TransportPlace): () => Promise<Transport> {
  let made: Promise<Transport> | null = null
  return () => {
    made ??= makeTransport(place)
    return made
  }
}

async function makeTransport({ baseUrl, fast, ...given }: TransportPlace): Promise<Transport> {
  refuseFastClockAtProvider(fast, baseUrl)
  const apiKey = given.apiKey ?? (isLoopback(baseUrl) ? 'none' : null)
  if (apiKey === null) throw missingKey()
  if (typeof apiKey === 'string') checkApiKey(apiKey)
  const { createHttpTransport } = await import('@halfrate/transport-http')
  return createHttpTransport({
    accounts: () => ({
      baseUrl: baseUrl.href.replace(/\/$/, ''),
      apiKey: typeof apiKey === 'string' ? apiKey : () => checkedKey(apiKey),
    }),
    now: () => systemNow(fast),
  })
}

async function checkedKey(give: () => string | Promise<string>): Promise<string> {
  const key = await give()
  checkApiKey(key)
  return key
}
