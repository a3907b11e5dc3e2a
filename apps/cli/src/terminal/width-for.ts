// Longer lines are hard to read, and shorter ones have no room for what a screen says.
const MOST = 160
const LEAST = 40

/** Columns that a line of a terminal may take. The last column is left free, since terminals differ in what happens there. */
export function widthFor({ columns = 80 }: { readonly columns?: number | undefined }): number {
  return Math.max(LEAST, Math.min(columns, MOST) - 1)
}
