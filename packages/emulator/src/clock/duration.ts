import { InvalidOptionError } from '../model/index.js'

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/**
 * Reads a span such as `500ms`, `90s`, `3m`, `1h30m` or `2d` as milliseconds. A bare 0 is fine.
 *
 * @param nextStep what the error says to do. Default: that of an option.
 * @throws {InvalidOptionError} names `name` and shows what came.
 */
export function parseDuration(text: string, name: string, nextStep?: string): number {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) {
    const expected = 'a time such as 500ms, 90s, 3m, 1h30m or 2d'
    throw new InvalidOptionError(name, expected, text, nextStep)
  }
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
  }
  return Math.round(total)
}
