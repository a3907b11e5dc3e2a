import type { Draw } from '../chance/draw.js'

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

/** An id that has our form, and a seal that is not ours: another store may use the same workspace. */
export function strangersId(row: number, draw: Draw): string {
  let text = 'h1'
  for (let index = 0; index < 40; index += 1) {
    text += index < 11 ? String(row % 10) : DIGITS[draw.whole(0, 31)]
  }
  return text
}
