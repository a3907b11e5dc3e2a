import type { PriceChange, PriceRow, TokenRates, ToolPriceChange } from '@halfrate/core/money'
import { feeText, rateText } from '../prices/price-text.js'
import { flow } from './flow.js'
import { type Line, span } from './line.js'
import { countOf, countText } from './number-text.js'

const RATES: readonly (readonly [keyof TokenRates, string])[] = [
  ['input', 'in'],
  ['output', 'out'],
  ['cacheRead', 'cache read'],
  ['cacheWrite5m', 'cache write 5 min'],
  ['cacheWrite1h', 'cache write 1 h'],
]

/** What a price file changes, a model in a row: the real-time price before and after. */
export function priceDiffScreen(
  facts: {
    readonly file: string
    readonly day: string
    readonly changes: readonly PriceChange[]
    readonly toolChanges: readonly ToolPriceChange[]
  },
  width: number,
): readonly Line[] {
  const { file, day, changes, toolChanges } = facts
  const head = `${file} beside the built-in prices of ${day}, in USD per million tokens in real time`
  const lines = [...flow([[span(head)]], { width, indent: 0 })]
  for (const change of changes) {
    const cells = [[span(change.model, 'bold')], ...textsOf(change).map((text) => [span(text)])]
    lines.push(...flow(cells, { width, indent: 1, hang: 5 }))
  }
  for (const change of toolChanges) {
    const cells = [[span(change.tool, 'bold')], ...feeTexts(change).map((text) => [span(text)])]
    lines.push(...flow(cells, { width, indent: 1, hang: 5 }))
  }
  const count = changes.length + toolChanges.length
  const end =
    count === 0 ? 'it changes nothing' : `${countOf(count, 'name')} would cost something else`
  return [...lines, [span(end)]]
}

function feeTexts({ before, after }: ToolPriceChange): readonly string[] {
  const texts = (['realtime', 'batch'] as const).flatMap((route) => {
    const [old, now] = [before, after].map((tool) => (tool === null ? null : feeText(tool, route)))
    const word = route === 'batch' ? 'each in batch' : 'each'
    if (before === null) return [`${word} ${now ?? 'unknown'}`]
    return old === now ? [] : [`${word} ${old ?? '?'} → ${now ?? 'unknown'}`]
  })
  if (before === null) return ['new', ...texts]
  const isOtherwise = JSON.stringify(before.changes) !== JSON.stringify(after?.changes)
  return isOtherwise ? [...texts, 'other fees on other days'] : texts
}

function textsOf({ before, after }: PriceChange): readonly string[] {
  if (before === null) return ['new', ...ratesTexts(null, after)]
  if (after === null) return ['no longer known: what asks for it would have no price']
  const moved = before.id === after.id ? [] : [`priced as ${after.id}, not ${before.id}`]
  return [...moved, ...ratesTexts(before, after), ...otherTexts(before, after)]
}

function ratesTexts(before: PriceRow | null, after: PriceRow | null): readonly string[] {
  return RATES.flatMap(([name, word]) => {
    const [old, now] = [before?.rates[name] ?? null, after?.rates[name] ?? null]
    if (before !== null && old === now) return []
    const text = rateText(now, 'realtime') ?? 'unknown'
    return [
      before === null ? `${word} ${text}` : `${word} ${rateText(old, 'realtime') ?? '?'} → ${text}`,
    ]
  })
}

function otherTexts(before: PriceRow, after: PriceRow): readonly string[] {
  const texts: string[] = []
  if (JSON.stringify(before.above) !== JSON.stringify(after.above)) {
    const tokens = after.above?.promptTokens
    texts.push(
      tokens === undefined
        ? 'no dearer price for long prompts'
        : `other prices over ${countText(tokens)} tokens of prompt`,
    )
  }
  if (before.hasUsGeo !== after.hasUsGeo) {
    texts.push(after.hasUsGeo ? 'a tenth more in the US' : 'no more in the US')
  }
  if (JSON.stringify(before.changes) !== JSON.stringify(after.changes)) {
    texts.push('other prices on other days')
  }
  if (before.contextTokens !== after.contextTokens) {
    const window = after.contextTokens === null ? 'unknown' : countText(after.contextTokens)
    texts.push(`window ${window}, which bounds what is held`)
  }
  return texts
}
