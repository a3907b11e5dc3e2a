import { knownModels, type PriceBook } from './price-book.js'

const MOST = 3

/** Up to three names that the book knows and that were probably meant, nearest first; empty when none is near. */
export function nearestModels(book: PriceBook, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  const near = Math.max(2, Math.floor(wanted.length / 3))
  return knownModels(book)
    .map((known) => ({ known, distance: distanceOf(wanted, known) }))
    .filter(({ distance }) => distance <= near)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST)
    .map(({ known }) => known)
}

// Levenshtein's distance, one row at a time.
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let line = 1; line <= a.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= b.length; column += 1) {
      const swap = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
