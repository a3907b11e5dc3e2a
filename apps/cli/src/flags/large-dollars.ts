import { ConfigError } from '@halfrate/core'

const NANO_DIGITS = 9
const DOLLARS = /^\$?(\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(\d{1,9}))?$/

/**
 * Reads an amount of dollars of any size that a company has, as `100000`, `$100,000` or `0.50`; in nano-dollars.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function largeDollars(flag: string): (text: string) => bigint {
  return (text) => {
    const [, whole, fraction = ''] = DOLLARS.exec(text.trim()) ?? []
    if (whole !== undefined) {
      return BigInt(`${whole.replaceAll(',', '')}${fraction.padEnd(NANO_DIGITS, '0')}`)
    }
    throw new ConfigError(
      `${flag}: expected an amount of dollars such as 100000, got ${JSON.stringify(text)}.`,
      'Correct the flag.',
    )
  }
}
