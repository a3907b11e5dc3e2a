import type { Repriced } from '@halfrate/core'
import { commandText } from './command-text.js'
import { countText } from './number-text.js'

/** Answers without a cost, and what a look at some of them found. */
export interface UnpricedFacts extends Pick<Repriced, 'priced' | 'models' | 'tools'> {
  /** All of them. */
  readonly answers: number
}

const MOST_NAMES = 5

/** Names what has no price, and says what fills it in. */
export function unpricedText(
  { answers, priced, models, tools }: UnpricedFacts,
  storeFlag: string,
): string {
  const isOne = answers === 1
  const head = `${countText(answers)} ${isOne ? 'answer has' : 'answers have'} no cost`
  const reprice = commandText('reprice', storeFlag)
  const names = [...models, ...tools]
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''
  const named = `${names.slice(0, MOST_NAMES).join(', ')}${more}`
  if (priced > 0) {
    const rest = named === '' ? '' : `; still without a price: ${named}`
    return `${head}; by now there are prices: ${reprice}${rest}`
  }
  const why = named === '' ? 'no price is known' : `no price is known of ${named}`
  return `${head}: ${why}; once a price file has it: ${reprice}`
}
