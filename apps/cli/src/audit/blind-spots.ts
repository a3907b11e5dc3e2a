import { usdShort } from '@halfrate/core/money'
import { countOf, countText } from '../screen/number-text.js'
import type { AuditFindings } from './audit-findings.js'
import { KIND_TEXTS } from './audit-tally.js'
import { rangeText, sentence } from './audit-words.js'

const WEEK_DAYS = 7
const SHOWN_MODELS = 5

/** What the figures don't cover and what the source can't show, a sentence each. */
export function blindSpots(findings: AuditFindings): readonly string[] {
  return [
    ...unreadSpots(findings),
    ...priceSpots(findings),
    ...sourceSpots(findings),
    ...cacheSpots(findings),
    ...periodSpots(findings),
  ]
}

/** Whether the snippet would show something that the source does not. */
export function isSnippetOfUse({ report, tally }: AuditFindings): boolean {
  const { shown, money } = report
  return tally.kind !== 'log' || shown.feature < money.records || shown.awaited < money.records
}

function unreadSpots({ tally }: AuditFindings): readonly string[] {
  const spots: string[] = []
  if (tally.bad > 0) {
    const [first] = tally.firstBad
    const where = first === undefined ? '' : `; the first: ${placeText(first)}: ${first.problem}`
    spots.push(
      `${countOf(tally.bad, 'row')} could not be read and ${tally.bad === 1 ? 'is' : 'are'} in no figure${where}.`,
    )
  }
  for (const cut of tally.cutOff) {
    spots.push(
      `${placeText(cut)}: ${withoutEnd(cut.problem)}. What stands behind it is in no figure.`,
    )
  }
  for (const file of tally.unfinished) {
    spots.push(
      `${file} is not the last page of its report; fetch the next ones (next_page) and name them too.`,
    )
  }
  return spots
}

function priceSpots({ report, pricesReadOn }: AuditFindings): readonly string[] {
  const { money, unpricedModels, unpricedTools, hiddenStep, stated } = report
  const spots: string[] = []
  if (hiddenStep.highNano > 0n) {
    spots.push(
      `Calls to a model whose price depends on the length of each prompt (Haiku 5.5 above 100,000 tokens) are in no sum: they cost ${rangeText(hiddenStep)}. The cost report says what was paid.`,
    )
  }
  if (money.unpriced > 0) {
    const names = [...unpricedModels.keys()].map((model) => model ?? 'no name or many')
    const more = names.length > SHOWN_MODELS ? ` and ${names.length - SHOWN_MODELS} more` : ''
    spots.push(
      `${countOf(money.unpriced, 'row')} without a known price (${names.slice(0, SHOWN_MODELS).join(', ')}${more}) ${money.unpriced === 1 ? 'is' : 'are'} counted, and in no sum of money.`,
    )
  }
  if (unpricedTools.size > 0) {
    const names = [...unpricedTools].map(([tool, rows]) => `${tool} (${countOf(rows, 'row')})`)
    const more = names.length > SHOWN_MODELS ? ` and ${names.length - SHOWN_MODELS} more` : ''
    spots.push(
      `No fee is known of what the provider counts as ${names.slice(0, SHOWN_MODELS).join(', ')}${more}; a price file names one under _tools.`,
    )
  }
  const [paid, list] = [stated.paidNano, stated.listNano]
  const gap = paid > list ? paid - list : list - paid
  if (gap * 50n > list) {
    spots.push(
      `The source says ${usdShort(paid)} where list prices come to ${usdShort(list)}. What it says is counted as spent, and savings are reckoned at the same discount.`,
    )
  }
  if (pricesReadOn !== null) spots.push(`Prices are those of ${pricesReadOn}.`)
  return spots
}

function sourceSpots({ report, tally }: AuditFindings): readonly string[] {
  const { shown, money } = report
  const spots: string[] = []
  if (tally.kind === 'usage_report' || tally.kind === 'cost_report') {
    spots.push(
      `${sentence(KIND_TEXTS[tally.kind])} shows no features, no latency and not who waits; keys or workspaces stand for features where it is grouped by them.`,
    )
    if (tally.kind === 'cost_report') {
      spots.push(
        'A cost report has one sum a day: hours can’t be told, and Priority Tier is not in it.',
      )
    }
    return spots
  }
  const lacking = [
    shown.feature === 0 ? 'what each call is for (feature)' : null,
    shown.awaited === 0 ? 'whether somebody waits (awaited)' : null,
    shown.latency === 0 ? 'how long answers take (latency_ms)' : null,
    shown.hour === 0 ? 'when calls are made (at)' : null,
    shown.stopReason === 0 ? 'which calls are turns of a loop (stop_reason)' : null,
  ].filter((each) => each !== null)
  if (lacking.length > 0) spots.push(`The log does not show ${lacking.join(', ')}.`)
  const unsaid = money.records - shown.awaited
  if (shown.awaited > 0 && unsaid > 0) {
    spots.push(
      `${countText(unsaid)} of ${countOf(money.records, 'row')} don’t say whether somebody waits.`,
    )
  }
  return spots
}

function cacheSpots({ report }: AuditFindings): readonly string[] {
  const { ready, likely, open } = report.money.byStanding
  const dearer = ready.dearerNano + likely.dearerNano + open.dearerNano
  if (dearer === 0n) return []
  return [
    `Batch is dearer for some of it, by up to ${usdShort(dearer)} over the period: prompts that come mostly from a cache cost a tenth now, and half in a batch that does not hit it. The low end counts nothing saved there, the high end the same hits as now.`,
  ]
}

function periodSpots({ report }: AuditFindings): readonly string[] {
  const { period, features } = report
  const spots: string[] = []
  if (period === null) spots.push('Without times nothing can be said about a month.')
  else if (period.days < WEEK_DAYS) {
    const days = countOf(period.days, 'day')
    spots.push(`A month is reckoned from ${days}; a week has quieter and busier ones.`)
  }
  const others = features.find(({ kind }) => kind === 'others')
  if (others !== undefined) {
    spots.push(
      `There are more features than can be kept apart; ${countOf(others.money.records, 'row')} are summed as “all others”. Is that column really a feature? --map feature=NAME takes another.`,
    )
  }
  return spots
}

function placeText(at: { readonly file: string; readonly line: number | null }): string {
  return at.line === null ? at.file : `${at.file}:${at.line}`
}

function withoutEnd(text: string): string {
  return text.replace(/\.$/, '')
}
