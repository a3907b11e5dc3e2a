import type { PriceChange, PriceRow, TokenRates } from '@halfrate/core/money'
import { rateText } from '../prices/price-text.js'
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
  },
  width: number,
): readonly Line[] {
  const { file, day, changes } = facts
  const head = `${file} beside the built-in prices of ${day}, in USD per million tokens in real time`
  const lines = [...flow([[span(head)]], { width, indent: 0 })]
  for (const change of changes) {
    const cells = [[span(change.model, 'bold')], ...textsOf(change).map((text) => [span(text)])]
    lines.push(...flow(cells, { width, indent: 1, hang: 5 }))
  }
  const end =
    changes.length === 0
      ? 'it changes nothing'
      : `${countOf(changes.length, 'name')} would cost something else`
  return [...lines, [span(end)]]
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
