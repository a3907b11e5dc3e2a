const MOST_EDITS = 0.4
const MOST_COMPARED = 128

/** The names out of `known` that are nearest to a name nobody knows, nearest first, at most `limit`; none if all are far. */
export function nearNames(name: string, known: readonly string[], limit: number): string[] {
  if (name.length > MOST_COMPARED) return []
  const folded = name.toLowerCase()
  return known
    .map((other) => ({ other, distance: editDistance(folded, other.toLowerCase()) }))
    .filter(({ other, distance }) => distance <= MOST_EDITS * Math.max(name.length, other.length))
    .sort((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
    .slice(0, limit)
    .map(({ other }) => other)
}

/** How many characters must be put in, taken out or replaced to make one text of the other. */
export function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const replace = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const edit = Math.min(above[column] ?? 0, current[column - 1] ?? 0) + 1
      current.push(Math.min(replace, edit))
    }
    above = current
  }
  return above[b.length] ?? 0
}
