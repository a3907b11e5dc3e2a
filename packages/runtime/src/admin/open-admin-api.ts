import { ConfigError, type EpochMs } from '@halfrate/core'
import type { AdminApi } from '@halfrate/transport-http'
import { type FastClock, refuseFastClockAtProvider } from '../fast-clock.js'
import { systemNow } from '../system.js'

/** Where the Admin API is, and what it is asked with. */
export interface AdminPlace {
  readonly baseUrl: URL
  readonly adminKey: string | null
  readonly fast: FastClock | null
}

/**
 * Opens the Admin API of the organization.
 *
 * @throws {ConfigError} when there is no admin key, it is none, or the clock is a fast one and the provider the real one.
 */
export async function openAdminApi({ baseUrl, adminKey, fast }: AdminPlace): Promise<AdminApi> {
  refuseFastClockAtProvider(fast, baseUrl)
  if (adminKey === null) {
    throw new ConfigError(
      'there is no admin key: what was used and billed, and what is allowed, is for administrators.',
      "Set ANTHROPIC_ADMIN_KEY to a key that begins with sk-ant-admin, from the provider's console.",
    )
  }
  const { createAdminApi } = await import('@halfrate/transport-http')
  const now = (): EpochMs => systemNow(fast)
  return createAdminApi({ baseUrl: baseUrl.href.replace(/\/$/, ''), adminKey, now })
}
