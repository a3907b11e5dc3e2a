import type { ProviderError } from '../../model/provider-error.js'
import { DAY_MS } from '../../model/time.js'

// Codes by which the provider says that the account has no money left to spend. Fact sheet section 5, 2026-11-21.
const SPEND_LIMIT_CODES = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached'])

/** The code of a 429 for growing too fast. Fact sheet section 5, 2026-11-21. */
export const RAMP_CODE = 'ramp_limit_exceeded'

// Codes of refusals that are about the account, whatever their status. Fact sheet section 6, 2026-11-21.
const ACCOUNT_CODES = new Set([
  'claude_code_key_creator_not_member',
  'cmek_key_disabled',
  'organization_on_hold',
])

// The one refusal that has no code: the workspace's own limit, a plain 400. See `isOwnSpendLimit`.
const OWN_LIMIT_WORDS = /^You have reached your specified (?:workspace )?API usage limits/

/** Whether the provider says that a spend cap is reached. */
export function isSpendLimit(error: ProviderError): boolean {
  return error.code !== null && SPEND_LIMIT_CODES.has(error.code)
}

/** Whether the provider says that the account itself is not served. */
export function isAccountRefusal(error: ProviderError): boolean {
  return error.code !== null && ACCOUNT_CODES.has(error.code)
}

/**
 * Whether a 400 is the workspace's own spend limit, told by its wording.
 *
 * The provider gives it no code, and taking it for a bad request would split batches down to single requests and fail
 * every one. The wording decides only for waiting: if it changes, this is false and nothing else is wrong; if it is
 * true by mistake, an hour is lost.
 *
 * Source: fact sheet section 5, 2026-11-21.
 */
export function isOwnSpendLimit(error: ProviderError): boolean {
  return error.status === 400 && error.code === null && OWN_LIMIT_WORDS.test(error.message)
}

/** How long the provider asks to wait: from 0 to a day, since a value beyond that is a mistake. Null when unsaid. */
export function askedWaitMs(error: ProviderError): number | null {
  const { retryAfterMs } = error
  if (retryAfterMs === null || Number.isNaN(retryAfterMs)) return null
  return Math.ceil(Math.min(DAY_MS, Math.max(0, retryAfterMs)))
}
