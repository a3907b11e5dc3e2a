/** What a token of each class costs in real time: whole pico-dollars (10^-12 USD) per token, null when unknown. */
export interface TokenRates {
  readonly input: number | null
  readonly output: number | null
  readonly cacheWrite5m: number | null
  readonly cacheWrite1h: number | null
  readonly cacheRead: number | null
}

/** What a model costs from a day on. */
export interface DatedRates {
  readonly rates: TokenRates
  /** The dearer price of every token of a request whose prompt is longer than this; null when there is none. */
  readonly above: { readonly promptTokens: number; readonly rates: TokenRates } | null
}

/** The list price of one model. In batch every token costs exactly half. */
export interface PriceRow extends DatedRates {
  /** The provider's full id. */
  readonly id: string
  readonly aliases: readonly string[]
  /** Prices by the day (UTC) from which they held, oldest first, the last of them the row's own; empty when they never changed. */
  readonly changes: readonly (DatedRates & { readonly from: string })[]
  /** Whether it can be told to run in the US only, which costs a tenth more. */
  readonly hasUsGeo: boolean
  /** Most tokens of prompt and answer together; null when unknown. */
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  /** Day of release, `YYYY-MM-DD`; null when unknown. */
  readonly releasedOn: string | null
  /** Day from which the provider refuses it; null when none is announced. */
  readonly retiresOn: string | null
  /** Where the price was read, and when. */
  readonly source: string
  /** How far the source can be trusted, where that is not plain. */
  readonly confidence: string | null
}
