import type { Brand } from './ids.js'

/** Whole nano-dollars (10^-9 USD). A safe integer, so at most about nine million dollars a value. */
export type NanoUsd = Brand<number, 'NanoUsd'>

/** Nothing paid. */
export const ZERO_USD: NanoUsd = 0 as NanoUsd
