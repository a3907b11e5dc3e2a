/** A count with commas: `6,046`. */
export function countText(count: number): string {
  return count.toLocaleString('en-US')
}

/** A count with its noun in the right number: `1 row`, `6,046 rows`. */
export function countOf(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`
}

/** A share in whole per cent, `37 %`; rounded down, so that 100 % means all. 0 % of nothing. */
export function percentText(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.floor((part / whole) * 100)} %`
}
