import { usdShort } from '@halfrate/core/money'
import { htmlText } from './html-text.js'

/** A part of a bar: an amount, and the class that colours it. */
export interface BarPart {
  readonly nano: bigint
  readonly look: string
  /** What it is, for whoever points at it or has it read aloud. */
  readonly about: string
}

/** A bar with its name and what stands behind it. */
export interface Bar {
  readonly name: string
  readonly parts: readonly BarPart[]
  readonly value: string
  /** Whether bars that belong together begin with it. */
  readonly isFirst?: boolean
}

const WIDTH = 900
const NAME_WIDTH = 220
const VALUE_WIDTH = 190
const BAR_HEIGHT = 18
const ROW_HEIGHT = 30
const GROUP_GAP = 14
const NAME_CHARS = 30
const HOURS_HEIGHT = 170
const SCALE_HEIGHT = 20
const FOOT = 22

/** Bars that lie, one below the other, all to one scale. */
export function lyingBars(title: string, bars: readonly Bar[]): string {
  const room = WIDTH - NAME_WIDTH - VALUE_WIDTH
  const most = largest(bars.map(({ parts }) => sumOf(parts)))
  let below = 0
  const rows = bars.map((bar, index) => {
    if (bar.isFirst === true && index > 0) below += GROUP_GAP
    const top = below + (ROW_HEIGHT - BAR_HEIGHT) / 2
    below += ROW_HEIGHT
    const base = top + BAR_HEIGHT - 4
    let left = NAME_WIDTH
    const rects = bar.parts.map((part) => {
      const width = scaled(part.nano, most, room)
      const rect = rectOf({ x: left, y: top, width, height: BAR_HEIGHT }, part)
      left += width
      return rect
    })
    const name = `<text x="${NAME_WIDTH - 10}" y="${base}" text-anchor="end"${bar.isFirst === true ? ' font-weight="600"' : ''}><title>${htmlText(bar.name)}</title>${htmlText(shortened(bar.name))}</text>`
    const value = `<text class="soft" x="${tidy(left + 8)}" y="${base}">${htmlText(bar.value)}</text>`
    return `${name}${rects.join('')}${value}`
  })
  return svgOf(title, below, rows.join('\n'))
}

/** Bars that stand, one for each hour of the day. */
export function hourBars(title: string, hours: readonly (readonly BarPart[])[]): string {
  const step = WIDTH / hours.length
  const most = largest(hours.map(sumOf))
  const bars = hours.flatMap((parts, hour) => {
    let bottom = HOURS_HEIGHT
    return parts.map((part) => {
      const height = scaled(part.nano, most, HOURS_HEIGHT - SCALE_HEIGHT)
      bottom -= height
      return rectOf({ x: hour * step + 3, y: bottom, width: step - 6, height }, part)
    })
  })
  const labels = hours.map((_, hour) => {
    const x = tidy((hour + 0.5) * step)
    const text = String(hour).padStart(2, '0')
    return `<text class="soft" x="${x}" y="${HOURS_HEIGHT + 17}" text-anchor="middle">${text}</text>`
  })
  const axis = `<line class="axis" x1="0" x2="${WIDTH}" y1="${HOURS_HEIGHT}" y2="${HOURS_HEIGHT}"/>`
  const top = `<line class="axis" x1="0" x2="${WIDTH}" y1="${SCALE_HEIGHT}" y2="${SCALE_HEIGHT}"/>`
  const scale = `<text class="soft" x="${WIDTH}" y="${SCALE_HEIGHT - 6}" text-anchor="end">${htmlText(usdShort(most))}</text>`
  const content = [top, scale, ...bars, axis, ...labels].join('\n')
  return svgOf(title, HOURS_HEIGHT + FOOT, content)
}

/** What the colours of a chart mean. */
export function legend(
  entries: readonly { readonly look: string; readonly text: string }[],
): string {
  const items = entries.map(
    ({ look, text }) =>
      `<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="${look}" width="10" height="10" rx="2"/></svg>${htmlText(text)}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

function svgOf(title: string, height: number, content: string): string {
  return `<div class="chart"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${htmlText(title)}">\n${content}\n</svg></div>`
}

function rectOf(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  { look, about }: BarPart,
): string {
  if (box.width <= 0 || box.height <= 0) return ''
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(tidy)
  return `<rect class="${look}" x="${x}" y="${y}" width="${width}" height="${height}"><title>${htmlText(about)}</title></rect>`
}

// What is there is seen: nothing is thinner than half a point.
function scaled(nano: bigint, most: bigint, room: number): number {
  if (nano <= 0n || most <= 0n) return 0
  return Math.max(0.5, (Number((nano * 1_000_000n) / most) / 1_000_000) * room)
}

function sumOf(parts: readonly BarPart[]): bigint {
  return parts.reduce((sum, { nano }) => sum + nano, 0n)
}

function largest(values: readonly bigint[]): bigint {
  let most = 0n
  for (const value of values) if (value > most) most = value
  return most
}

function shortened(name: string): string {
  const chars = [...name]
  return chars.length > NAME_CHARS ? `${chars.slice(0, NAME_CHARS - 1).join('')}…` : name
}

function tidy(value: number): number {
  return Math.round(value * 100) / 100
}
