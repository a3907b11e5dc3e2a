const START = Date.UTC(2026, 9, 1)
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const DAYS = 30
const FEATURES = 400

const MODELS = [
  'claude-opus-5',
  'claude-sonnet-5-5',
  'claude-haiku-4-5',
  'claude-haiku-5-5',
] as const

/** The lines of a log of 30 days: 400 features, each with its model and hours; the same for the same count. */
export function* usageMonth(count: number): Generator<string> {
  let state = 42
  const draw = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  for (let row = 0; row < count; row += 1) {
    const feature = draw(FEATURES)
    const hour = feature % 3 === 0 ? draw(3) : draw(24)
    const at = START + draw(DAYS) * DAY_MS + hour * HOUR_MS + draw(HOUR_MS)
    const usage = {
      input_tokens: draw(8_000),
      output_tokens: draw(1_000),
      cache_read_input_tokens: feature % 7 === 0 ? 20_000 : 0,
      service_tier: feature % 11 === 0 ? 'batch' : 'standard',
    }
    const line = {
      at: new Date(at).toISOString(),
      feature: `feature-${feature}`,
      model: MODELS[feature % MODELS.length],
      ...(feature % 5 === 0 ? { awaited: feature % 2 === 0 } : {}),
      ...{ usage, latency_ms: draw(9_000), stop_reason: 'end_turn', status: 200 },
    }
    yield `${JSON.stringify(line)}\n`
  }
}
