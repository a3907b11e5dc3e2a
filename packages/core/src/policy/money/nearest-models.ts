import { nearNames } from '../intake/near-names.js'
import { knownModels, type PriceBook } from './price-book.js'

const MOST = 3

/** Up to three names that the book knows and that were probably meant, nearest first; empty when none is near. */
export function nearestModels(book: PriceBook, name: string): readonly string[] {
  return nearNames(name, knownModels(book), MOST)
}
