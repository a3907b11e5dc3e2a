// A gigabyte of files takes seconds to remove, in which SQLite lets nobody else write and PostgreSQL comes near its time-outs.
const MOST_BYTES = 64_000_000

/**
 * Of requests that are to be removed with all that is theirs, the first so many that one step may remove, by their bytes on
 * the wire; at least one.
 */
export function removedAtOnce<Row extends { readonly item_bytes: number }>(
  rows: readonly Row[],
): readonly Row[] {
  let bytes = 0
  const end = rows.findIndex(({ item_bytes }, index) => {
    bytes += item_bytes
    return index > 0 && bytes > MOST_BYTES
  })
  return end < 0 ? rows : rows.slice(0, end)
}
