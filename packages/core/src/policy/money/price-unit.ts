const PICO_PER_MICRO = 1_000_000

/** Pico-dollars per token of a price in dollars per million tokens, which is one in micro-dollars per token. */
export function picoOf(usdPerMillion: number): number {
  return Math.round(usdPerMillion * PICO_PER_MICRO)
}
