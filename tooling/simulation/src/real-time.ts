/** The machine's own time, for saying how long something took: milliseconds since some fixed moment. */
export function realMs(): number {
  return performance.now()
}
