import type { RateLimit, RateLimits } from '@halfrate/core'
import { readInstant } from './instant.js'

const NAMES: Readonly<Record<keyof RateLimits, string>> = {
  requests: 'requests',
  tokens: 'tokens',
  inputTokens: 'input-tokens',
  outputTokens: 'output-tokens',
}

/** Reads the `anthropic-ratelimit-*` headers; a limit whose two headers can't both be read is left out. */
export function readRateLimits(headers: Headers): RateLimits {
  const limits: Partial<Record<keyof RateLimits, RateLimit>> = {}
  for (const [name, word] of Object.entries(NAMES)) {
    const remaining = headers.get(`anthropic-ratelimit-${word}-remaining`)
    const resetAt = readInstant(headers.get(`anthropic-ratelimit-${word}-reset`) ?? '')
    if (remaining === null || !/^\d{1,15}$/.test(remaining) || resetAt === null) continue
    limits[name as keyof RateLimits] = { remaining: Number(remaining), resetAt }
  }
  return limits
}
