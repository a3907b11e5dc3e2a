import type { EpochMs } from '@halfrate/core'
import {
  ownToolsOf,
  type PriceRow,
  priceOf,
  type TokenRates,
  type ToolPrice,
  toolRatesAt,
} from '@halfrate/core/money'
import type { FolderPrices } from '../prices/price-files.js'
import { dayOf, feeText, lifeOf, rateText } from '../prices/price-text.js'
import { flow } from './flow.js'
import { type Line, span } from './line.js'
import { countOf, countText } from './number-text.js'

/** What `halfrate prices` shows. */
export interface PricesFacts extends FolderPrices {
  readonly at: EpochMs
  /** Whether models that are retired are shown too. */
  readonly isAll: boolean
}

const DAY_MS = 86_400_000
const HEADS = ['in', 'out', 'batch in', 'batch out', 'cache read']
const FIGURE = 11

/** Every model with its prices, where and when they were read, and what is to be known of it. */
export function pricesScreen(facts: PricesFacts, width: number): readonly Line[] {
  const { at, book, file, isAll } = facts
  const rows = book.rows.flatMap((row) => priceOf(book, row.id, at) ?? [])
  const shown = rows.filter((row) => isAll || lifeOf(row, at) !== 'retired')
  const room = Math.max(...shown.map(({ id }) => id.length), 5)
  const over = file === null ? '' : `; rows of ${file.name} come first`
  const head = `prices of ${dayOf(at)} in USD per million tokens, as read on ${book.readOn ?? 'no known day'}${over}`
  const lines: Line[] = [
    ...flow([[span(head)]], { width, indent: 0 }),
    [span(` ${'model'.padEnd(room)}${HEADS.map((text) => text.padStart(FIGURE)).join('')}`, 'dim')],
  ]
  for (const row of shown) lines.push(...rowLines(row, facts, { room, width }))
  for (const tool of book.tools) lines.push(...toolLines(tool, facts, width))
  const hidden = rows.length - shown.length
  const notes = [
    'a batch costs half of every token; in the US a tenth is added where a model offers it',
    ...(hidden > 0 ? [`${countOf(hidden, 'retired model')} left out; --all shows them`] : []),
  ]
  for (const note of notes) lines.push(...flow([[span(note)]], { width, indent: 0 }))
  return lines
}

function rowLines(
  row: PriceRow,
  facts: PricesFacts,
  { room, width }: { readonly room: number; readonly width: number },
): readonly Line[] {
  const { at, file } = facts
  const lines: Line[] = [
    [span(` ${row.id.padEnd(room)}`, 'bold'), span(figures(row.rates).join(''))],
  ]
  const { above } = row
  if (above !== null) {
    const name = ` over ${countText(above.promptTokens)} tokens`.padEnd(room + 1)
    lines.push([span(name), span(figures(above.rates).join(''))])
  }
  const notes = noteTexts(row, at).map((text) => [span(text, 'yellow')])
  const from = file?.book.rows.some(({ id }) => id === row.id) ? `${file.name}: ` : ''
  const aliases = row.aliases.length === 0 ? '' : `also ${row.aliases.join(', ')}; `
  const source = `${aliases}${from}${row.source}`
  return [
    ...lines,
    ...notes.flatMap((note) => flow([note], { width, indent: 5 })),
    ...flow([[span(source, 'dim')]], { width, indent: 5 }),
  ]
}

// What a search costs does not depend on the model.
function toolLines(tool: ToolPrice, facts: PricesFacts, width: number): readonly Line[] {
  const { at, file } = facts
  const rates = toolRatesAt(tool, at)
  const [each, inBatch] = [feeText(rates, 'realtime'), feeText(rates, 'batch')]
  const batch = each === inBatch ? 'in batch too' : `in batch ${inBatch ?? '?'}`
  const notes: string[] = []
  if (each === null || inBatch === null) {
    notes.push('a fee that is not known: an answer that it was used for is counted as unpriced')
  }
  const next = tool.changes.find(({ from }) => from > dayOf(at))
  if (next !== undefined) notes.push(`costs something else from ${next.from} on`)
  const from = file !== null && ownToolsOf(file.book).includes(tool) ? `${file.name}: ` : ''
  const figure = each === '0.00' && inBatch === each ? 'free' : `${each ?? '?'} each, ${batch}`
  return [
    [span(` ${tool.name}`, 'bold'), span(`  ${figure}`)],
    ...notes.flatMap((note) => flow([[span(note, 'yellow')]], { width, indent: 5 })),
    ...flow([[span(`${from}${tool.source}`, 'dim')]], { width, indent: 5 }),
  ]
}

function figures(rates: TokenRates): readonly string[] {
  return [
    rateText(rates.input, 'realtime'),
    rateText(rates.output, 'realtime'),
    rateText(rates.input, 'batch'),
    rateText(rates.output, 'batch'),
    rateText(rates.cacheRead, 'realtime'),
  ].map((text) => (text ?? '?').padStart(FIGURE))
}

function noteTexts(row: PriceRow, at: EpochMs): readonly string[] {
  const notes: string[] = []
  const { retiresOn, rates } = row
  const life = lifeOf(row, at)
  if (life === 'retired') notes.push(`retired on ${retiresOn}: requests fail`)
  if (life === 'retiring' && retiresOn !== null) {
    const days = Math.ceil((Date.parse(retiresOn) - at) / DAY_MS)
    notes.push(`retires on ${retiresOn}, in ${countOf(days, 'day')}: requests fail from then on`)
  }
  if (Object.values(rates).includes(null)) {
    notes.push('a price that is not known: what it costs is counted as unpriced, never as nothing')
  }
  const next = row.changes.find(({ from }) => from > dayOf(at))
  if (next !== undefined) notes.push(`costs something else from ${next.from} on`)
  if (row.confidence !== null) notes.push(`confidence: ${row.confidence}`)
  return notes
}
