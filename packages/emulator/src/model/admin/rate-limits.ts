import { findModel, MODELS } from '../catalogue.js'
import type { ModelSettings } from '../options.js'
import { providerId } from '../provider-id.js'
import { SeededRandom } from '../seeded-random.js'
import { hashNumber } from '../stable-hash.js'
import type { WireRateLimit, WireRateLimitGroup } from './admin-wire.js'

// Those of the tier Scale. Source: rate limits page, 2026.
const CALLS_PER_MINUTE = 4_000
const COUNTS_PER_MINUTE = 8_000
const QUEUED_REQUESTS = 500_000
// Assumed: the tokens differ by model and are published by tier.
const TOKENS_PER_MINUTE = 2_000_000

/**
 * The limits of the organization at `now`. The queue's is what the emulator holds to, if it holds to any; the others are never
 * reached here. Assumed: that every model is a group of its own.
 */
export function rateLimitsAt(
  settings: ModelSettings,
  now: number,
  version: string,
): readonly WireRateLimit[] {
  const models = MODELS.filter(({ id }) => findModel(id, now) !== null)
  const queued = Number.isFinite(settings.maxQueuedRequests)
    ? settings.maxQueuedRequests
    : QUEUED_REQUESTS
  const limit = (
    type: WireRateLimitGroup,
    names: readonly string[] | null,
    limits: WireRateLimit['limits'],
  ): WireRateLimit => {
    const random = new SeededRandom(hashNumber(`limit ${type} ${names?.[0]}`, settings.seed))
    const group = { type, id: providerId('rlg', random) }
    const about = version === '2023-06-01' ? { group_type: type } : { group }
    return { type: 'rate_limit', ...about, models: names, limits }
  }
  return [
    ...models.map(({ id, alias }) =>
      limit('model_group', alias === null ? [id] : [id, alias], [
        { type: 'requests_per_minute', value: CALLS_PER_MINUTE },
        { type: 'input_tokens_per_minute', value: TOKENS_PER_MINUTE },
        { type: 'output_tokens_per_minute', value: TOKENS_PER_MINUTE / 5 },
      ]),
    ),
    limit('batch', null, [
      { type: 'requests_per_minute', value: CALLS_PER_MINUTE },
      { type: 'enqueued_batch_requests', value: queued },
    ]),
    limit('token_count', null, [{ type: 'requests_per_minute', value: COUNTS_PER_MINUTE }]),
  ]
}
