/** Rates as a price file writes them: USD per million tokens, null for unknown. */
export interface FileRates {
  readonly input: number | null
  readonly output: number | null
  readonly cache_write_5m: number | null
  readonly cache_write_1h: number | null
  readonly cache_read: number | null
}

/** Rates and, where a long prompt costs more, those of a long one. */
export interface FilePrices extends FileRates {
  readonly tier?:
    | { readonly threshold_prompt_tokens: number; readonly above: FileRates }
    | null
    | undefined
}

/** The fee of a tool as a price file writes it: USD for each use, null for unknown. */
export interface FileFee {
  readonly usd: number | null
  /** The same as `usd` where it is left out. */
  readonly batch_usd?: number | null | undefined
}

/** A tool as a price file writes it. */
export interface FileTool extends FileFee {
  readonly history?: readonly (FileFee & { readonly from: string })[] | undefined
  readonly source: string
}

/** A row as a price file writes it; `parsePriceBook` says what its members mean. */
export interface FileRow extends FilePrices {
  readonly alias?: string | readonly string[] | undefined
  readonly history?: readonly (FilePrices & { readonly from: string })[] | undefined
  readonly cache_read_history?:
    | readonly { readonly from: string; readonly cache_read: number }[]
    | undefined
  readonly us_inference?: boolean | undefined
  readonly context?: number | null | undefined
  readonly max_output?: number | null | undefined
  readonly released?: string | null | undefined
  readonly status?: string | null | undefined
  readonly source: string
  readonly confidence?: string | null | undefined
}
