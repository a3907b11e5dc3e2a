import type { NanoUsd } from '../../model/money.js'

const NANO_DIGITS = 9
const NANO_PER_USD = 1_000_000_000n
const USD = /^(-?)\$?(\d{1,7})(?:\.(\d{1,9}))?$/

/** Writes money exactly, as decimal text in dollars with at least two decimals: `"0.000123"`, `"1.50"`, `"-0.25"`. */
export function usdText(nano: NanoUsd | bigint): string {
  const { sign, whole, fraction } = partsOf(BigInt(nano))
  return `${sign}${whole}.${fraction.replace(/0{1,7}$/, '')}`
}

/**
 * Writes money for screens, rounded half away from zero: two decimals, and as many more as the first two figures need:
 * `"$1,234.56"`, `"$0.40"`, `"$0.0042"`. Only nothing is `"$0"`.
 */
export function usdShort(nano: NanoUsd | bigint): string {
  const exact = BigInt(nano)
  if (exact === 0n) return '$0'
  const rounded = roundTo(exact, decimalsFor(exact))
  const { sign, whole, fraction } = partsOf(rounded)
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}$${grouped}.${fraction.replace(/0{1,7}$/, '')}`
}

/**
 * Reads decimal text in dollars: `20`, `$20`, `0.000123`. Null when it is not that, has more than nine decimals, or is
 * more than a {@link NanoUsd} can hold.
 */
export function parseUsd(text: string): NanoUsd | null {
  const [, sign, whole, fraction = ''] = USD.exec(text.trim()) ?? []
  if (whole === undefined) return null
  const nano = Number(`${whole}${fraction.padEnd(NANO_DIGITS, '0')}`)
  if (!Number.isSafeInteger(nano)) return null
  return (sign === '-' && nano !== 0 ? -nano : nano) as NanoUsd
}

// Ten cents and more need two decimals to show their first two figures; less needs one more for each zero.
function decimalsFor(nano: bigint): number {
  const zeros = NANO_DIGITS - String(nano < 0n ? -nano : nano).length
  return Math.min(NANO_DIGITS, Math.max(2, zeros + 2))
}

function roundTo(nano: bigint, decimals: number): bigint {
  const unit = 10n ** BigInt(NANO_DIGITS - decimals)
  const size = nano < 0n ? -nano : nano
  const rounded = ((size + unit / 2n) / unit) * unit
  return nano < 0n ? -rounded : rounded
}

function partsOf(nano: bigint): { sign: string; whole: string; fraction: string } {
  const size = nano < 0n ? -nano : nano
  return {
    sign: nano < 0n ? '-' : '',
    whole: String(size / NANO_PER_USD),
    fraction: String(size % NANO_PER_USD).padStart(NANO_DIGITS, '0'),
  }
}
