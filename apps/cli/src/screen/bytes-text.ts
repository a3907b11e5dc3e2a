const UNITS = ['KB', 'MB', 'GB', 'TB'] as const

/** A size in decimal units, as disks are sold: `512 bytes`, `4.2 MB`, `120 GB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  let value = bytes
  let unit: string = UNITS[0]
  for (const each of UNITS) {
    if (value < 1_000) break
    value /= 1_000
    unit = each
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}
