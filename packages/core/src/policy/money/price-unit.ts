const PICO_PER_MICRO = 1_000_000

const PICO_PER_USD = 1_000_000_000_000

/** Pico-dollars of a fee in dollars. */
export function picoOfFee(usd: number): number {
  return Math.round(usd * PICO_PER_USD)
}

/** Pico-dollars per token of a price in dollars per million tokens, which is one in micro-dollars per token. */
export function picoOf(usdPerMillion: number): number {
  return Math.round(usdPerMillion * PICO_PER_MICRO)
}
