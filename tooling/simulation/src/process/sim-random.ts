import type { Random } from '@halfrate/core'
import type { Draw } from '../chance/draw.js'

/** The chance that one process has, from the seed. */
export function simRandom(draw: Draw): Random {
  return {
    next: () => draw.fraction(),
    bytes: (length) => Uint8Array.from({ length }, () => draw.whole(0, 255)),
  }
}
