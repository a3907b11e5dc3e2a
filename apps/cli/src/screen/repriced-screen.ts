import { parseUsd, usdShort } from '@halfrate/core/money'
import type { RepriceResult } from '@halfrate/runtime'
import { commandText } from './command-text.js'
import { countOf, countText } from './number-text.js'

/** What became of answers without a known price. */
export interface RepricedFacts extends RepriceResult {
  readonly isDryRun: boolean
}

/** What was filled in, and what still can't be, in lines. */
export function repricedLines(facts: RepricedFacts): readonly string[] {
  const { priced, unpriced, models, tools, isDryRun } = facts
  if (priced + unpriced === 0) return ['every answer has a price']
  const names = [...models, ...tools.map((tool) => `${tool} of a tool`)]
  const named = names.length === 0 ? '' : `: ${names.join(', ')}`
  const rest = unpriced === 0 ? '' : `; ${countText(unpriced)} still have no price${named}`
  const lines = [`${pricedText(facts)}${rest}`]
  if (isDryRun) lines.push('nothing was changed')
  if (unpriced > 0) {
    lines.push(`${commandText('prices', '')} shows what is known; a price file adds to it`)
  }
  return lines
}

function pricedText({ priced, costUsd, isDryRun }: RepricedFacts): string {
  const verb = isDryRun ? 'would be priced' : 'priced'
  if (priced === 0) return isDryRun ? 'none would be priced' : 'none priced'
  const cost = parseUsd(costUsd)
  return `${countOf(priced, 'answer')} ${verb}, ${cost === null ? `$${costUsd}` : usdShort(cost)}`
}

/** The same for programs. */
export function repricedObject(facts: RepricedFacts): object {
  return {
    type: 'repriced',
    priced: facts.priced,
    cost_usd: facts.costUsd,
    realtime_usd: facts.realtimeUsd,
    unpriced: facts.unpriced,
    models: facts.models,
    tools: facts.tools,
    dry_run: facts.isDryRun,
  }
}
