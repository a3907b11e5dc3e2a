/** Rows by what they have in common, in the order in which they came. */
export function grouped<Row, Key>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): ReadonlyMap<Key, readonly Row[]> {
  const groups = new Map<Key, Row[]>()
  for (const row of rows) {
    const key = keyOf(row)
    const there = groups.get(key)
    if (there === undefined) groups.set(key, [row])
    else there.push(row)
  }
  return groups
}
